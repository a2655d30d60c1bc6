/** Fifty globs on ten thousand paths, from strings. */
import { Minimatch } from 'minimatch';
import picomatch from 'picomatch';
import { core } from './core.mjs';

const globs = [
  '**/.env', '**/.env.*', '**/secrets/**', '**/*.pem', '**/*.key', '**/id_rsa', '**/id_ed25519', '**/.ssh/**', '**/.aws/credentials', '**/.npmrc',
  '**/.netrc', '**/.git/config', '**/node_modules/**/.bin/*', '**/*.{p12,pfx,jks}', '**/credentials.{json,yml,yaml}', '**/service-account*.json', '**/.docker/config.json', '**/.kube/config', '**/terraform.tfstate', '**/*.tfvars',
  'src/**/*.test.{ts,tsx}', 'src/**/__snapshots__/**', 'packages/*/dist/**', 'packages/*/src/**/*.{js,ts,jsx,tsx}', 'docs/**/*.md', 'docs/**/*.{png,jpg,gif,svg}', 'tools/*.mjs', 'test/**/fixtures/**', 'build/**', 'dist/**',
  '*.lock', '*.log', 'logs/**/*.log', 'tmp/**', '.github/**/*.yml', '.vscode/*.json', '**/[Mm]akefile', '**/*.py[cod]', '**/__pycache__/**', '**/target/{debug,release}/**',
  '**/*.min.{js,css}', '**/vendor/**', '**/generated/**/*.ts', '**/*.d.ts', 'config/{dev,test,prod}/*.yml', '**/private/**', '**/token?.txt', '**/[!a-z]*.cfg', 'data/**/*.csv', '**/backup-*.sql',
];

function paths() {
  const folders = ['src', 'packages/core/src', 'packages/web/dist', 'docs/guide', 'test/unit/fixtures', 'node_modules/left/lib', 'tools', 'config/dev', 'data/2026', 'a/private'];
  const names = ['index.ts', 'main.test.ts', 'README.md', 'app.min.js', '.env', 'server.key', 'types.d.ts', 'table.csv', 'base.yml', 'logo.svg', 'notes.txt'];
  return Array.from({ length: 10_000 }, (_, i) => `${folders[i % folders.length]}/part${i % 37}/section${i % 11}/${i % 4 === 0 ? '' : 'file'}${names[i % names.length]}`);
}

function setUp(peer) {
  const all = paths();
  const set = core.globs(globs);
  if ('code' in set) throw new Error(`bug: ${globs[set.pattern]} is a glob`);
  return { ours: () => all.forEach((path) => set.match(path)), peer: peer(all) };
}

const pico = (all) => {
  const match = picomatch(globs, { dot: true });
  return () => all.forEach((path) => match(path));
};
const mini = (all) => {
  const each = globs.map((glob) => new Minimatch(glob, { dot: true }));
  return () => all.forEach((path) => each.forEach((one) => one.match(path)));
};

export const globRows = [
  { name: '50 globs on 10,000 paths', peer: 'picomatch(array)', floor: 8, goal: 14, setUp: () => setUp(pico) },
  { name: '50 globs on 10,000 paths, each', peer: 'minimatch', floor: 12, goal: 20, setUp: () => setUp(mini) },
];
