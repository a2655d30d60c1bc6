/**
 * Values of names that say what they are: password, secret, token, key. What makes one a secret is that it is hard to guess (strength.ts):
 * a word, a reference, a path, an identifier of the program is none.
 */
import { LINK, LOOSE } from './assigned.ts';
import type { SecretRule } from './rule.ts';
import { isDigest, isStrong } from './strength.ts';

const NAMES = '(?:passw(?:or)?d|passphrase|secret|token|api[_.-]?key|apikey|access[_.-]?key|auth[_.-]?key|account[_.-]?key|encryption[_.-]?key|signing[_.-]?key|credentials?)';
const ENV_NAMES = '(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_KEY|AUTH_KEY|ACCOUNT_KEY|ENCRYPTION_KEY|SIGNING_KEY|PRIVATE_KEY|CREDENTIAL|MASTER_KEY|APP_KEY|_PASS|_PWD)';
const YAML_NAMES = '(?:password|passwd|passphrase|secret|token|api[_-]?key|secret[_-]?key|access_key)';
const VALUE = '[!#%*+./:=?@A-Z^_a-z|~0-9-]';
const NOT_A_SECRET = /hash|digest|checksum|sha[-_]?\d|md5|fingerprint|integrity|public|publishable|_?id\W|name|type|path|file|url|uri|regex|pattern|label|title|field|column|header|prefix|example|placeholder|test|mock|fake|csrf_?param|tokeniz|tokens\b|max|min|size|length|count|limit|expir|ttl/i;

export const ASSIGNED_RULES: readonly SecretRule[] = [
  {
    label: 'assigned-secret',
    keywords: ['password', 'passwd', 'passphrase', 'secret', 'token', 'api_key', 'apikey', 'api-key', 'api.key', 'access_key', 'accesskey', 'access-key', 'auth_key', 'authkey', 'account_key', 'accountkey', 'encryption_key', 'encryptionkey', 'signing_key', 'signingkey', 'credential'],
    fold: true,
    pattern: `/${NAMES}${LOOSE.replaceAll('/', '\\/')}/i`,
    confidence: 'medium',
    assigned: true,
    value: new RegExp(`${NAMES}${LINK.slice(0, -1)}(?=(${VALUE}{8,256}))\\1(?![^"'\`\\\\])`, 'dgi'),
    context: (before) => !NOT_A_SECRET.test(before),
    check: (value) => isStrong(value, 12) && !(isDigest(value) && value.length !== 32 && value.length !== 64),
    examples: ['password = "k7R<alnum:12>4b!Q"', '"clientSecret": "<alnum:32>Q7bT2"', "api_key: '<hex:32>'", 'const authToken: string = `<b64u:36>Q7bT2`;', '<add key="x" /> secret_key="<alnum:28>4bQ7"'],
    counterexamples: ['password = "correct-horse-battery"', 'token = "${TOKEN}"', 'password: "hunter2"', 'const tokenType = "BearerToken2Type"', 'secret: process.env.SECRET', '"password": "********"', 'token: "0123456789abcdef0123456789abcdef"', 'secretName = "projects/p1/secrets/S2x/versions/3"', 'passwordHash = "<hex:64>"', '"token": "<uuid:1>"'],
  },
  {
    label: 'env-secret',
    keywords: ['PASSWORD', 'PASSWD', 'PASSPHRASE', 'SECRET', 'TOKEN', 'API_KEY', 'APIKEY', 'ACCESS_KEY', 'AUTH_KEY', 'ACCOUNT_KEY', 'ENCRYPTION_KEY', 'SIGNING_KEY', 'PRIVATE_KEY', 'CREDENTIAL', 'MASTER_KEY', 'APP_KEY', '_PASS=', '_PASS:', '_PWD='],
    pattern: `${ENV_NAMES}[A-Z0-9_]*\\\\*["']?(?: ?= ?|: ?)\\\\*["']?${VALUE}{8,}`,
    confidence: 'medium',
    assigned: true,
    value: new RegExp(`${ENV_NAMES}[A-Z0-9_]{0,60}\\\\*["']?(?: ?= ?|: ?)\\\\*["']?(?=(${VALUE}{8,256}))\\1(?!${VALUE}|[(\\[{$<])`, 'dg'),
    context: (before) => !NOT_A_SECRET.test(before),
    check: (value) => isStrong(value, 8) && !(isDigest(value) && value.length !== 32 && value.length !== 64),
    examples: ['DB_PASSWORD=k7R<alnum:8>4b', 'export SESSION_SECRET=<hex:30>4b', 'JWT_SECRET: Q7b<alnum:20>2x', 'APP_KEY=base64:<alnum:36>Q7bT2='],
    counterexamples: ['DB_PASSWORD=', 'TOKEN=changeme', 'API_KEY=$OTHER', 'PASSWORD=password123', 'SECRET_NAME=projects4X/b7Q', 'TOKEN=$(vault read -field=token x)', 'SECRET_KEY=os.environ'],
  },
  {
    label: 'yaml-secret',
    keywords: ['password: ', 'passwd: ', 'passphrase: ', 'secret: ', 'token: ', 'api_key: ', 'apikey: ', 'api-key: ', 'secretkey: ', 'secret_key: ', 'secret-key: ', 'access_key: ', 'password=', 'secret=', 'secret_key=', 'api_key='],
    fold: true,
    pattern: `/${YAML_NAMES}(?:: |=)${VALUE.replace('/', '\\/')}{12,}/i`,
    confidence: 'medium',
    assigned: true,
    value: new RegExp(`${YAML_NAMES}(?:: |=)(?=(${VALUE}{12,256}))\\1(?!${VALUE}|[(\\[{$<])`, 'dgi'),
    check: (value) => /[A-Z]/.test(value) && isStrong(value, 12) && !/[.](?:[a-z]|$)|^[A-Z][A-Za-z]*[.:]/.test(value) && !isDigest(value),
    examples: ['password: k7R<alnum:10>4bQ', 'spring.datasource.password=Q7b<alnum:12>2xK', 'token: <alnum:30>Q7bT2'],
    counterexamples: ['password: string', 'token: Token', 'secret: mySecretValue', 'token: this.token2Value', 'password=values.password', 'password: RegExp.escape2'],
  },
];
