/**
 * Programs whose effect no command line shows: shells and interpreters, build tools, package managers, containers, remote
 * ends. Asking for a version or a list is clear all the same.
 */
import type { Field } from '../bash/field.ts';
import { decodeCommand, ENCODED } from '../powershell/encoded.ts';
import type { Call, Program } from './program.ts';

const KINDS: Readonly<Record<string, string>> = {
  interpreter: 'python python2 python3 pypy pypy3 ipython node nodejs deno bun tsx ts-node perl ruby irb php lua luajit Rscript R julia osascript tclsh expect java jshell groovy scala kotlin swift ghci runghc elixir iex erl escript pwsh pwsh.exe powershell powershell.exe sqlite3 psql mysql mongo redis-cli vim vi nvim ex ed emacs nano gdb lldb bc dc m4',
  shell: 'bash sh zsh dash ksh mksh fish ash csh tcsh rbash',
  'build tool': 'make gmake cmake ninja meson bazel buck gradle gradlew mvn ant sbt cargo rustc go gcc g++ cc c++ clang clang++ ld tsc webpack vite vitest jest mocha pytest tox nox coverage eslint prettier biome ruff black mypy pyright flake8 isort pylint rspec rake phpunit dotnet msbuild xcodebuild turbo nx lerna just task swc esbuild rollup parcel next nuxt astro playwright cypress storybook golangci-lint gofmt rustfmt clippy-driver pre-commit husky lint-staged',
  'package manager': 'npm npx pnpm pnpx yarn bunx corepack pip pip3 pipx poetry pdm uv uvx conda mamba gem bundle bundler brew apt apt-get dpkg dnf yum rpm apk pacman snap composer nuget vcpkg conan cpan hatch rye nix mise asdf nvm pyenv rbenv',
  container: 'docker docker-compose podman buildah kubectl helm minikube kind vagrant terraform tofu pulumi ansible ansible-playbook packer lxc nerdctl',
  remote: 'ssh mosh sftp ftp telnet nc ncat netcat socat gh glab aws gcloud az doctl heroku fly vercel netlify wrangler openssl gpg gpg2 ssh-keygen ssh-add curlie http https',
  agent: 'claude codex opencode gemini cline aider occasio occasio-mcp',
  system: 'su login crontab at batch systemctl service launchctl mount umount modprobe insmod sysctl iptables shutdown reboot halt script tmux screen nsenter setpriv capsh debugfs ldd',
  source: 'source .',
};

/** First words that only ask. Programs not here have `--version` and `--help` alone. */
const ASKS: ReadonlyMap<string, RegExp> = new Map([
  ['npm', /^(?:-v|ls|list|ll|view|show|info|outdated|ping|whoami|root|prefix|search|explain|why|fund)$/],
  ['pnpm', /^(?:-v|ls|list|why|outdated|root)$/], ['yarn', /^(?:-v|list|why|info|outdated)$/],
  ['pip', /^(?:list|show|freeze|check|-V|index)$/], ['pip3', /^(?:list|show|freeze|check|-V|index)$/],
  ['cargo', /^(?:-V|search|info|locate-project|version)$/], ['rustc', /^-V$/], ['go', /^(?:version|env|help)$/], ['node', /^-v$/], ['python', /^-VV?$/], ['python3', /^-VV?$/],
  ['docker', /^(?:ps|images|logs|inspect|version|info|stats|top|port|history|-v)$/], ['kubectl', /^(?:get|describe|logs|version|top|explain|api-resources)$/],
  ['brew', /^(?:list|info|search|outdated)$/], ['apt', /^(?:list|show|search)$/], ['apt-get', /^-v$/], ['dpkg', /^(?:-l|-L|-s|-S)$/], ['rpm', /^-q[ail]*$/], ['java', /^-version$/], ['systemctl', /^(?:status|is-active|list-units)$/],
  ['terraform', /^version$/], ['gh', /^(?:--version|version)$/], ['make', /^-v$/],
]);

const DIRECTORY_OPTIONS = /^(?:-C|--directory|--prefix|--cwd|--chdir|--manifest-path|--project-directory|--dir)$/;

const opaque = (kind: string): Program => ({
  judge: (call) => {
    if (asks(call)) return;
    (namesItsProgram(kind, call) ? call.doubt : call.opaque)(`${kind}: ${call.name}`);
    call.args.forEach((field, at) => {
      const [, option = '', attached] = /^(-C|--[\w-]+)=?([^]*)$/.exec(field.text) ?? [];
      if (DIRECTORY_OPTIONS.test(option)) {
        const value = attached !== undefined && attached !== '' ? attached : call.args[at + 1]?.text;
        if (value !== undefined) call.enter(value, false);
      }
    });
    // It may run what the line has just written, so texts of the line count as its program.
    call.stdin(kind === 'shell' || kind === 'source' ? 'shell' : 'other');
    if (kind === 'shell') return shell(call);
    if (kind === 'source') return call.args.slice(0, 1).forEach((field) => call.role(field, 'read'));
    if (/^(?:pwsh|powershell)$/.test(call.name.replace(/\.exe$/, ''))) return powershell(call);
    for (const field of call.args) if (kind === 'interpreter' || /[\s"'`$;|]/.test(field.text)) call.literals(field.text);
  },
});

/** An interpreter without a script in its first word runs a text of the line, or its input; a sourced one changes the shell itself. */
function namesItsProgram(kind: string, call: Call): boolean {
  if (kind === 'interpreter' || kind === 'shell') return /^[^-]/.test(call.args[0]?.text ?? '');
  return kind !== 'source';
}

function asks(call: Call): boolean {
  const first = call.args[0]?.text ?? '';
  if (/^--(?:version|help)$/.test(first) && call.args.length === 1) return true;
  return ASKS.get(call.name)?.test(first) === true;
}

/** Its text is searched for what it names, encoded or not, in either slash. */
function powershell(call: Call): void {
  call.args.forEach((field, at) => {
    const text = ENCODED.test(call.args[at - 1]?.text ?? '') ? (decodeCommand(field.text) ?? field.text) : field.text;
    call.literals(text);
    call.literals(text.replaceAll('\\', '/').replaceAll('`', ''));
  });
}

/** `sh -c text …`: the text is the first operand. */
function shell(call: Call): void {
  let text = false;
  for (let i = 0; i < call.args.length; i++) {
    const field = call.args[i] as Field;
    if (/^-[A-Za-z]*c/.test(field.text)) text = true;
    if (/^[+-][A-Za-z]*o$|^-[A-Za-z]*o|^--(?:rcfile|init-file)$/i.test(field.text)) i += 1;
    else if (!/^[+-]./.test(field.text)) {
      if (text) call.script(field);
      return;
    }
  }
}

export const OPAQUE: ReadonlyMap<string, Program> = new Map(
  Object.entries(KINDS).flatMap(([kind, names]) => names.split(' ').map((name): [string, Program] => [name, opaque(kind)])),
);

