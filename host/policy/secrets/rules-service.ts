/** Keys of models, payment and chat services. */
import { pieces, type SecretRule } from './rule.ts';

const BODY_36 = ['a8Kd02LmQx', 'Zr5TyV9uWc', 'B3nHs6JfEp', '1GiO4k'] as const;
const BODY_24 = ['Hx7mQ2vLp9', 'Zt4RkW8sNc', '3YbE'] as const;

export const SERVICE_RULES: readonly SecretRule[] = [
  {
    label: 'anthropic-key',
    keywords: ['sk-ant-'],
    pattern: 'sk-ant-[a-z]{2,10}[0-9]{2}-[A-Za-z0-9_-]{40,}',
    confidence: 'high',
    examples: [pieces('sk-', 'ant-', 'api03-', ...BODY_36, '-', ...BODY_36, '_AA'), pieces('ANTHROPIC_API_KEY=sk-', 'ant-', 'oat01-', ...BODY_36, '-Lw9ZkXv4')],
    counterexamples: ['sk-ant-...', 'sk-ant-api03-your-key-here', pieces('sk-', 'ant-', 'api03-', 'x'.repeat(93))],
  },
  {
    label: 'openai-key',
    keywords: ['sk-'],
    pattern: 'sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})',
    confidence: 'high',
    proof: /[A-Z].*[0-9]|[0-9].*[A-Z]/,
    examples: [
      pieces('sk-', 'proj-', ...BODY_36, 'T3Blbk', 'FJ', ...BODY_36),
      pieces('sk-', 'a8Kd02LmQxZr5TyV9uWc', 'T3Blbk', 'FJ', 'B3nHs6JfEp1GiO4kLw9Z'),
      pieces('sk-', 'svcacct-', ...BODY_36, '_Lw9ZkXv4BnM5'),
    ],
    counterexamples: ['sk-proj-...', 'class="sk-fading-circle"', 'sk-1234567890abcdef', 'task-proj-management-of-some-very-long-name-that-goes-on-and-on', pieces('sk-', 'proj-', 'x'.repeat(60))],
  },
  {
    label: 'stripe-key',
    keywords: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'],
    pattern: '(?:[sr]k_(?:live|test)_[A-Za-z0-9]{24,}|whsec_[A-Za-z0-9+/]{32,})',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('sk', '_live_', ...BODY_24), pieces('rk', '_test_', ...BODY_24), pieces('wh', 'sec_', ...BODY_36)],
    counterexamples: [pieces('sk', '_test_', '4eC39HqL', 'yjWDarjtT1zdp7dc'), 'sk_live_', pieces('sk', '_test_', 'x'.repeat(24)), 'task_test_runner', pieces('pk', '_live_', ...BODY_24)],
  },
  {
    label: 'slack-token',
    keywords: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxc-', 'xapp-'],
    pattern: '(?:xox[abprsc]-(?:[0-9]+-)+[A-Za-z0-9-]{12,}|xoxe-[0-9]-[A-Za-z0-9-]{40,}|xapp-[0-9]-[A-Z0-9]{8,16}-[0-9]{8,16}-[a-f0-9]{40,})',
    confidence: 'high',
    examples: [pieces('xo', 'xb-', '2938475610', '23-48573920', '18273-', ...BODY_24), pieces('xo', 'xp-', '2938475610-48573920-', ...BODY_24)],
    counterexamples: ['xoxb-your-token-here', pieces('xo', 'xb-', '1234567890-1234567890-abcdefghijklmnop'), 'xoxb-...'],
  },
  {
    label: 'slack-webhook',
    keywords: ['hooks.slack.com/'],
    pattern: 'hooks\\.slack\\.com/(?:services/T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30}|workflows/T[A-Z0-9]{8,12}/A[A-Z0-9]{8,12}/[0-9]{16,20}/[A-Za-z0-9]{20,30})',
    wordAfter: true,
    confidence: 'high',
    examples: [pieces('https://hooks.slack', '.com/services/', 'T02QX7LMP/', 'B04ZKV9RT/', ...BODY_24)],
    counterexamples: [pieces('https://hooks.slack', '.com/services/', 'T00000000/', 'B00000000/', 'X'.repeat(24)), 'https://hooks.slack.com/'],
  },
];
