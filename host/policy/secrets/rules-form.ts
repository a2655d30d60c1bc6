/** Secrets told by their form, whoever issued them. */
import { pieces, type SecretRule } from './rule.ts';

const LINE = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7KQm2XvL0pRz4TnY';
const jwtHead = pieces('ey', 'JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9');

export const FORM_RULES: readonly SecretRule[] = [
  {
    label: 'private-key',
    keywords: ['-----BEGIN '],
    // The body ends at the next "--": a flood of beginnings is walked once.
    pattern: '-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:(?:[^-]|-[^-])+-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|[ \\t\\r\\nA-Za-z0-9+/=\\\\]{40,})',
    confidence: 'high',
    proof: /[A-Za-z0-9+/=]{40}/,
    examples: [
      pieces('-----BEGIN ', 'PRIVATE KEY-----\n', LINE, '\n', LINE, '\n-----END ', 'PRIVATE KEY-----'),
      pieces('"-----BEGIN ', 'RSA PRIVATE KEY-----\\n', LINE, '\\n-----END ', 'RSA PRIVATE KEY-----\\n"'),
      pieces('1\t-----BEGIN ', 'OPENSSH PRIVATE KEY-----\n2\t', LINE, '\n3\t', LINE),
    ],
    counterexamples: [
      pieces('-----BEGIN ', 'PUBLIC KEY-----\n', LINE, '\n-----END ', 'PUBLIC KEY-----'),
      pieces('-----BEGIN ', 'PRIVATE KEY-----\n...\n-----END ', 'PRIVATE KEY-----'),
      pieces('if (text.includes("-----BEGIN ', 'PRIVATE KEY-----")) throw new Error("no");'),
    ],
  },
  {
    label: 'jwt',
    keywords: ['eyJ'],
    pattern: 'eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{20,}',
    confidence: 'medium',
    examples: [pieces('Bearer ', jwtHead, '.ey', 'JzdWIiOiI0NzExIiwibmFtZSI6IkFkYSJ9', '.q3Zr5TyV9uWcB3nHs6JfEp1GiO4kLw9ZkXv4BnM5cYd')],
    counterexamples: [
      pieces(jwtHead, '.ey', 'JzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ', '.SflKxwRJSMeKKF2QT4fwpMeJf36PO', 'k6yJV_adQssw5c'),
      'eyJhbGciOiJIUzI1NiJ9',
      pieces('ey', 'JhbGciOiJIUzI1NiJ9.ey', 'JzdWIiOiJ4In0', '.short'),
    ],
  },
  {
    label: 'url-password',
    keywords: ['postgres://', 'postgresql://', 'mysql://', 'mariadb://', 'mongodb://', 'mongodb+srv://', 'redis://', 'rediss://', 'amqp://', 'amqps://', 'mssql://', 'sqlserver://', 'ftp://', 'sftp://', 'smtp://', 'smtps://', 'http://', 'https://', 'postgresql+psycopg2://', 'postgresql+asyncpg://', 'mysql+pymysql://', 'clickhouse://', 'nats://', 'ldap://', 'ldaps://'],
    fold: true,
    pattern: '/[a-z0-9+]+:\\/\\/[a-z0-9._~+!&=;,-]*:[a-z0-9._~+!&=;,^-]{6,}@[a-z0-9._-]{3,}/i',
    value: /:([^:@]+)@[^@]*$/d,
    confidence: 'medium',
    examples: [pieces('DATABASE_URL=postgres://app', ':', 'v9Lq27xTzR', '@db.internal:5432/main'), pieces('redis://', ':', 'p0Gh7tRq2Lw', '@cache.internal')],
    counterexamples: [
      'postgres://user:password@localhost:5432/db',
      'postgres://postgres:postgres@localhost/test',
      'https://user:pass@host.example',
      'mysql://root:${DB_PASSWORD}@db/main',
      'mongodb://<user>:<password>@cluster0.mongodb.net',
      'http://localhost:8080/@scope/name',
      'https://host.test:443/a@b',
      'https://username:password123@host.test',
    ],
  },
];
