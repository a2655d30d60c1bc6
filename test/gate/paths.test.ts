/** From a text to a decision, in every flavour: `test/vectors/paths`. Attack classes D3 to D6. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Call, Place } from '../../host/gate/call.ts';
import { expandGlob } from '../../host/gate/expand.ts';
import { gatherFacts } from '../../host/gate/facts.ts';
import { withholdLines } from '../../host/gate/listing.ts';
import { createResolver } from '../../host/gate/resolve.ts';
import type { Turn } from '../../host/gate/turn.ts';
import { compilePolicy, decide, parsePolicy } from '../../host/policy/index.ts';
import type { Access, Flavour, Judged } from '../../host/policy/types.ts';
import { createOps } from '../../host/runtime/node.ts';
import { loadShell } from '../../host/runtime/shell.ts';
import { loadCore } from '../support/core.ts';
import { fakeDisk, type Node } from '../support/disk.ts';

interface Case {
  readonly name: string;
  readonly asked: string;
  readonly access?: Access;
  readonly rules?: { readonly [member: string]: readonly string[] };
  readonly is: 'denied' | 'allowed';
  readonly why: string;
}

interface Vectors {
  readonly flavour: Flavour;
  readonly home: string;
  readonly cwd: string;
  readonly rules: { readonly [member: string]: readonly string[] };
  readonly disk: { readonly [path: string]: Node };
  readonly cases: readonly Case[];
}

const core = loadCore();
const folder = new URL('../vectors/paths/', import.meta.url);
const all = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Vectors] as const);

function policyOf(rules: Vectors['rules']): ReturnType<typeof compilePolicy> {
  const parsed = parsePolicy(core, new TextEncoder().encode(JSON.stringify({ version: 1, ...rules })));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return compilePolicy(core, parsed.document, 'balanced');
}

async function judge(given: Vectors, { asked, access = 'read', rules = given.rules }: Case): Promise<{ readonly why: string; readonly disk: readonly string[] }> {
  const disk: string[] = [];
  const { flavour, home, cwd } = given;
  const ops = fakeDisk(flavour, home, given.disk, disk);
  const self: Judged['self'] = { home: `${home}${flavour === 'win32' ? '\\' : '/'}.occasio`, pid: 1, port: 1 };
  const call: Call = { id: 'a', tool: access === 'write' ? 'write_file' : 'read_file', class: access === 'write' ? 'write' : 'read', paths: [{ text: asked, access, glob: false }], command: null, strings: [], bytes: new Uint8Array(), inputs: {}, fault: null };
  const place: Place = { cwd, home, door: 'wire', direction: 'inbound' };
  const shell = (): never => {
    throw new Error('there is no command here');
  };
  const { judged } = await gatherFacts({ ops, core, shell, mask: (text) => text, self, mattering: () => () => true }, call, place, []);
  const { reason } = decide(policyOf(rules), judged);
  const { fault } = await createResolver(ops, [cwd], home).resolve(asked);
  return { why: fault === undefined ? reason : `${reason}: ${fault}`, disk };
}

describe.each(all)('%s', (_, given) => {
  test('has_a_name_for_each_case', () => {
    expect(given.cases.filter((one, i) => given.cases.some((other, k) => k < i && JSON.stringify([other.asked, other.access, other.rules]) === JSON.stringify([one.asked, one.access, one.rules])))).toEqual([]);
  });
  test.each(given.cases)('$is: $name', async (one) => {
    const { why, disk } = await judge(given, one);
    expect(why).toBe(one.why);
    expect(one.is).toBe(/^tool_/.test(why) ? 'allowed' : 'denied');
    // What may lead to another machine or a device is refused before anything is asked of the disk; a link has to be read to be known.
    if (/device-path|drive-relative|unclear-name|unknown-variable/.test(why) && !/link/.test(one.name)) expect(disk).toEqual([]);
  });
});

describe('what a command of bash on Windows names', () => {
  const home = 'C:\\Users\\Dev';
  test.each([
    ['cat "$USERPROFILE/.ssh/id_rsa"', '%USERPROFILE%/.ssh/id_rsa'],
    ['cat ${APPDATA}/gcloud/creds.db', '%APPDATA%/gcloud/creds.db'],
    ['cat ~/.ssh/id_rsa', 'C:\\Users\\Dev/.ssh/id_rsa'],
    ["cat 'C:\\work\\.env'", 'C:\\work\\.env'],
  ])('%s', async (line, word) => {
    const { words } = (await loadShell())(line, { home, cwd: 'C:\\work' });
    expect(words.map(({ text }) => text)).toContain(word);
  });

  test('on_other_systems_percent_signs_name_nothing', async () => {
    const { words } = (await loadShell())('cat "$APPDATA/x"', { home: '/home/dev', cwd: '/work' });
    expect(words.map(({ text }) => text)).not.toContain('%APPDATA%/x');
  });
});

test('lines_of_denied_files_are_withheld_on_windows', () => {
  const call: Judged = { direction: 'inbound', door: 'wire', tool: 'grep', class: 'search', flavour: 'win32', home: 'C:\\Users\\Dev', cwd: 'C:\\work\\app', self: { home: 'C:\\Users\\Dev\\.occasio', pid: 1, port: 1 } };
  // Of a turn, withholding looks at these alone.
  const turn = { world: { mask: (text: string) => text }, inForce: { policy: policyOf({ deny_paths: ['.env', '~/.ssh'] }) } } as unknown as Turn;
  const told = (line: string): string => withholdLines(turn, { judged: call, decision: { action: 'PASS', reason: 'tool_not_handled', rule: null } }, [line], false).texts.join('');
  for (const line of ['C:\\work\\app\\.env:3:KEY=1', '.env:3:KEY=1', 'src\\.ENV:1:x', 'C:/Users/Dev/.ssh/id_rsa', '\\Users\\Dev\\.ssh\\id_rsa']) expect([line, told(line)]).toEqual([line, '\n[occasio: 1 line withheld: path-denied]']);
  for (const line of ['C:\\work\\app\\a.txt:3:KEY=1', 'src\\a.ts']) expect(told(line)).toBe(line);
});

test('a_home_behind_a_link_is_known_by_where_it_is', () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'occasio-home-')));
  try {
    mkdirSync(join(top, 'real'));
    symlinkSync('real', join(top, 'link'));
    vi.stubEnv('HOME', join(top, 'link'));
    expect(createOps().host.home).toBe(join(top, 'real'));
    vi.stubEnv('HOME', join(top, 'nowhere'));
    expect(createOps().host.home).toBe(join(top, 'nowhere'));
  } finally {
    vi.unstubAllEnvs();
    rmSync(top, { recursive: true });
  }
});

describe('what a pattern becomes on a disk that sets letter case aside', () => {
  const home = 'C:\\Users\\Dev';
  const disk = { 'C:\\Users\\Dev\\.ssh\\id_rsa': {}, 'C:\\work\\.env': { short: 'ENV~1' }, 'C:\\work\\a.txt': {} };
  test.each([
    ['.EN*', 'C:\\work\\.env'],
    ['ENV~*', 'C:\\work\\.env'],
    ['\\Users\\dev\\.ss*\\id*', 'C:\\Users\\dev\\.ssh\\id_rsa'],
    ['/c/Users/Dev/.ss*/id_*', 'C:\\Users\\Dev\\.ssh\\id_rsa'],
    ['%USERPROFILE%\\.ss*\\ID*', 'C:\\Users\\Dev\\.ssh\\id_rsa'],
    ['~\\.s?h\\*', 'C:\\Users\\Dev\\.ssh\\id_rsa'],
    ['*.TXT', 'C:\\work\\a.txt'],
  ])('%s', async (word, name) => {
    expect((await expandGlob(fakeDisk('win32', home, disk), core, word, ['C:\\work'])).names).toContain(name);
  });
  test('another machine is not asked', async () => {
    for (const word of ['\\\\server\\share\\*', '//server/share/*', 'file://server/*']) {
      const asked: string[] = [];
      await expandGlob(fakeDisk('win32', home, disk, asked), core, word, ['C:\\work']);
      expect(asked.filter((path) => /server/.test(path))).toEqual([]);
    }
  });
  test('macOS, and Linux, where it counts', async () => {
    const files = { '/srv/.env': {} };
    expect((await expandGlob(fakeDisk('darwin', '/Users/dev', files), core, '.EN*', ['/srv'])).names).toEqual(['/srv/.env']);
    expect((await expandGlob(fakeDisk('posix', '/home/dev', files), core, '.EN*', ['/srv'])).names).toEqual([]);
  });
});
