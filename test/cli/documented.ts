/**
 * Every command that the documents show, and how a test runs it. `words` go to the program in a scratch project that has a
 * `.env`, a `row.json` and a `policy.yml`, with a stand-in for `claude` on the PATH. `elsewhere` names what runs the others.
 */
export type Documented = { readonly line: string } & (
  | { readonly words: readonly string[]; readonly exit: number; readonly out: RegExp; readonly stdin?: string; readonly until?: 'signalled'; readonly after?: 'init' }
  | { readonly elsewhere: string }
);

/** Stands for the id of a run that the scratch home has. */
export const RUN = 'RUN';

export const documented: readonly Documented[] = [
  { line: 'npm ci', elsewhere: '.ci/run' },
  { line: 'npm ci        # installs, and builds the core and the bundles', elsewhere: '.ci/run' },
  { line: 'npm run ok    # build, types, tests: what must pass', elsewhere: '.ci/run' },
  { line: 'npm test', elsewhere: '.ci/run' },
  { line: 'npm test -- test/wire          # one room', elsewhere: '.ci/run' },
  { line: 'occasio demo', words: ['demo'], exit: 0, out: /TRANSFORM/ },
  { line: 'occasio demo --keep', elsewhere: 'test/cli/demo.test.ts' },
  { line: 'occasio demo --json', elsewhere: 'test/cli/demo.test.ts' },
  { line: 'occasio demo --agent claude', elsewhere: 'test/agents' },
  { line: 'occasio init', words: ['init'], exit: 0, out: /policy\.yml/ },
  { line: 'occasio init --template strict', words: ['init', '--template', 'strict'], exit: 0, out: /policy\.yml/ },
  { line: 'occasio claude', words: ['claude'], exit: 0, out: /^stand-in/ },
  { line: 'occasio claude -p "what does this project do?"', words: ['claude', '-p', 'what does this project do?'], exit: 0, out: /what does this project do\?/ },
  {
    line: 'occasio claude --preset strict --upstream https://api.anthropic.com -- --model opus',
    words: ['claude', '--preset', 'strict', '--upstream', 'https://api.anthropic.com', '--', '--model', 'opus'],
    exit: 0,
    out: /\["--model","opus"\]/,
  },
  { line: 'occasio claude --budget 5', words: ['claude', '--budget', '5'], exit: 0, out: /^stand-in/ },
  { line: 'occasio proxy --budget 2.50', words: ['proxy', '--budget', '2.50'], exit: 0, out: /^export ANTHROPIC_BASE_URL=/, until: 'signalled' },
  { line: 'occasio status', words: ['status'], exit: 0, out: /^Policy: /m },
  { line: 'occasio status --all --json', words: ['status', '--all', '--json'], exit: 0, out: /"runs": \[/ },
  { line: 'occasio proxy', words: ['proxy'], exit: 0, out: /^export ANTHROPIC_BASE_URL=http:\/\/127\.0\.0\.1:\d+\n$/, until: 'signalled' },
  { line: 'occasio proxy --port 4141 --cwd . --json', elsewhere: 'test/cli/proxy.test.ts' },
  { line: 'occasio policy init', words: ['policy', 'init'], exit: 0, out: /policy\.yml/ },
  { line: 'occasio policy init --template strict --force', words: ['policy', 'init', '--template', 'strict', '--force'], exit: 0, out: /policy\.yml/ },
  { line: 'occasio policy validate', words: ['policy', 'validate'], exit: 0, out: /: valid/, after: 'init' },
  { line: 'occasio policy validate policy.yml', words: ['policy', 'validate', 'policy.yml'], exit: 0, out: /valid/ },
  { line: 'occasio policy show', words: ['policy', 'show'], exit: 0, out: /deny_paths/ },
  { line: 'occasio policy show --diff', words: ['policy', 'show', '--diff'], exit: 0, out: /./ },
  { line: `occasio explain Read '{"file_path":".env"}'`, words: ['explain', 'Read', '{"file_path":".env"}'], exit: 0, out: /BLOCK/ },
  { line: `occasio explain Bash 'cat .env'`, words: ['explain', 'Bash', 'cat .env'], exit: 0, out: /BLOCK/ },
  { line: `occasio explain Bash 'git status' --preset strict --json`, words: ['explain', 'Bash', 'git status', '--preset', 'strict', '--json'], exit: 0, out: /"PASS"/ },
  { line: 'occasio audit verify', words: ['audit', 'verify'], exit: 0, out: /self-consistent/ },
  { line: 'occasio audit verify --all', words: ['audit', 'verify', '--all'], exit: 0, out: /self-consistent/ },
  { line: 'occasio audit verify RUN --json', words: ['audit', 'verify', RUN, '--json'], exit: 0, out: /self-consistent/ },
  { line: 'occasio audit verify --legacy pipeline-events.jsonl', elsewhere: 'test/cli/audit-repair.test.ts' },
  { line: 'occasio audit repair', words: ['audit', 'repair'], exit: 0, out: /^Nothing to repair/ },
  { line: 'occasio attest', words: ['attest'], exit: 0, out: /^\{"agent":/ },
  { line: 'occasio attest --last --out attestation.json', words: ['attest', '--last', '--out', 'attestation.json'], exit: 0, out: /^Wrote attestation\.json, unsigned/ },
  { line: 'occasio bundle --out evidence.json', words: ['bundle', '--out', 'evidence.json'], exit: 0, out: /^Wrote evidence\.json, unsigned/ },
  { line: 'occasio verify --allow-unsigned', words: ['verify', '--allow-unsigned'], exit: 0, out: /^self-consistent: run/m },
  { line: 'occasio verify evidence.json --key author.pem --require coverage,policy', elsewhere: 'test/cli/evidence.test.ts' },
  { line: 'occasio verify attestation.json --chain run.jsonl --key author.pem --explain', elsewhere: 'test/cli/evidence.test.ts' },
  { line: 'occasio audit verify --all --key device.pem --checkpoint kept.txt', elsewhere: 'test/cli/prove.test.ts' },
  { line: 'occasio prove --row 2', words: ['prove', '--row', '2'], exit: 0, out: /^c2sp\.org\/tlog-proof@v1\n/ },
  { line: 'occasio prove --event ID --run RUN --out row.tlog-proof', elsewhere: 'test/cli/prove.test.ts' },
  { line: 'occasio verify row.tlog-proof --key device.pem', elsewhere: 'test/cli/prove.test.ts' },
  { line: 'occasio key generate', words: ['key', 'generate'], exit: 0, out: /^-----BEGIN PUBLIC KEY-----/ },
  { line: 'occasio key rotate', words: ['key', 'rotate'], exit: 0, out: /^-----BEGIN PUBLIC KEY-----/ },
  { line: 'occasio key show > device.pem', elsewhere: 'test/cli/prove.test.ts' },
  { line: 'occasio witness --to https://witness.example/prefix --witness-key KEY', elsewhere: 'test/cli/witness.test.ts' },
  { line: 'occasio witness --to ./keep.sh', elsewhere: 'test/cli/witness.test.ts' },
  { line: 'occasio scan .env', words: ['scan', '.env'], exit: 0, out: /^No secrets in 1 file/ },
  { line: 'occasio scan . --sarif', words: ['scan', '.', '--sarif'], exit: 0, out: /"version": "2\.1\.0"/ },
  { line: 'git diff | occasio scan -', words: ['scan', '-'], stdin: '+A=1\n', exit: 0, out: /^No secrets in 1 file/ },
  { line: `echo '{"b":1,"a":2.50}' | occasio canonicalize`, words: ['canonicalize'], stdin: '{"b":1,"a":2.50}\n', exit: 0, out: /^\{"a":2\.5,"b":1\}$/ },
  { line: 'occasio canonicalize --profile row row.json', words: ['canonicalize', '--profile', 'row', 'row.json'], exit: 0, out: /^\{"b":1,"a":2\}$/ },
  { line: 'occasio help', words: ['help'], exit: 0, out: /Usage: occasio <command>/ },
  { line: 'occasio help claude', words: ['help', 'claude'], exit: 0, out: /--upstream/ },
  { line: 'occasio --version', words: ['--version'], exit: 0, out: /^occasio \d+\.\d+\.\d+/ },
  { line: 'occasio --version --json', words: ['--version', '--json'], exit: 0, out: /"core_sha256": "[0-9a-f]{64}"/ },
];
