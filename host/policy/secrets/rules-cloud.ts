/** Keys of clouds, code hosts and package registries. */
import { pieces, type SecretRule } from './rule.ts';

const BODY_36 = ['a8Kd02LmQx', 'Zr5TyV9uWc', 'B3nHs6JfEp', '1GiO4k'] as const;
const REPEATED_36 = 'x'.repeat(36);

export const CLOUD_RULES: readonly SecretRule[] = [
  {
    label: 'aws-access-key',
    keywords: ['AKIA', 'ASIA'],
    pattern: '(?:AKIA|ASIA)[A-Z2-7]{16}',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('AK', 'IA', 'Q3EGRLW7NZ', 'V5TYC2'), pieces('\\nAS', 'IA', 'X2LMPO4TRE', 'BN6VCD', '\n')],
    counterexamples: [pieces('AK', 'IA', 'IOSFODNN7', 'EXAMPLE'), pieces('AK', 'IA', 'XXXXXXXXXXXXXXXX'), 'AKIA', pieces('AK', 'IA', 'Q3EGRLW7NZ', 'V5TYC2Z')],
  },
  {
    label: 'aws-secret-key',
    keywords: ['aws_secret_access_key', 'aws_secret_key', 'secretaccesskey', 'aws-secret-access-key'],
    fold: true,
    pattern: '/(?:aws[_-]secret[_-](?:access[_-])?key|secretaccesskey)["\']?[ \\t]*(?::|=>|=)[ \\t]*["\']?[A-Za-z0-9/+]{40}/i',
    wordAfter: true,
    value: /([A-Za-z0-9/+]{40})$/d,
    confidence: 'medium',
    examples: [pieces('aws_secret_access_key = ', 'k7Yb2QpX9v', 'T4mW1sZ8uE', '6rJ3hN5gD0', 'cLfKoVaIxB'), pieces('"SecretAccessKey": "', 'p0Gh7/tRq2', 'Lw9+ZkXv4B', 'nM5cYd8Js1', 'FaUe6oIi3H', '"')],
    counterexamples: [pieces('aws_secret_access_key = ', 'wJalrXUtnFEMI/K7MDENG', '/bPxRfiCYEXAMPLEKEY'), 'aws_secret_access_key = os.environ["AWS_SECRET_ACCESS_KEY"]', `aws_secret_access_key=${'a'.repeat(40)}`],
  },
  {
    label: 'google-api-key',
    keywords: ['AIza'],
    pattern: 'AIza[A-Za-z0-9_-]{35}',
    wordAfter: true,
    confidence: 'medium',
    examples: [pieces('AI', 'za', 'SyD3k9Lm2Q', 'xW7vR4tZ8u', 'B1nH5cJ6fE', 'p0gYo')],
    counterexamples: [pieces('AI', 'za', 'Sy', 'x'.repeat(33)), 'AIzaSy'],
  },
  {
    label: 'github-token',
    keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    pattern: 'gh[pousr]_[A-Za-z0-9]{36,}',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('gh', 'p_', ...BODY_36), pieces('x-access-token:gh', 's_', ...BODY_36, '@github.com'), pieces('\\ngh', 'o_', ...BODY_36)],
    counterexamples: [pieces('gh', 'p_', REPEATED_36), 'ghp_', 'ghp_short', pieces('gh', 'p_', 'YOUR_TOKEN')],
  },
  {
    label: 'github-pat',
    keywords: ['github_pat_'],
    pattern: 'github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('github', '_pat_', '11ABQ7ZKI0', 'x8Lm2Wv5Rt9a', '_', ...BODY_36, 'Qw3Er5Ty7U', 'i9Op1As2Df4', 'G6')],
    counterexamples: ['github_pat_', pieces('github', '_pat_', 'x'.repeat(22), '_', 'x'.repeat(59))],
  },
  {
    label: 'gitlab-token',
    keywords: ['glpat-', 'glptt-', 'gldt-', 'glrt-', 'glcbt-'],
    pattern: 'gl(?:pat|ptt|dt|rt|cbt)-[A-Za-z0-9_-]{20,}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{7,9})?',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('gl', 'pat-', 'x7Kd02LmQx', 'Zr5TyV9uWc')],
    counterexamples: [pieces('gl', 'pat-', 'x'.repeat(20)), 'glpat-short'],
  },
  {
    label: 'npm-token',
    keywords: ['npm_'],
    pattern: 'npm_[A-Za-z0-9]{36}',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('//registry/:_authToken=np', 'm_', ...BODY_36)],
    counterexamples: ['npm_config_registry', 'npm_package_dependencies_somethingVeryLongIndeed', pieces('np', 'm_', REPEATED_36)],
  },
  {
    label: 'pypi-token',
    keywords: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
    pattern: 'pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50,}',
    confidence: 'high',
    examples: [pieces('py', 'pi-AgEIcHlwaS5vcmc', 'CJDk3YjRm', ...BODY_36, 'Lw9ZkXv4BnM5')],
    counterexamples: ['pypi-AgEIcHlwaS5vcmc'],
  },
];
