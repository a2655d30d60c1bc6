/** Globs matched plainly, by trying: alternatives written out, then segment by segment, then character by character. */

/** The units of a pattern: a class with its brackets, an escaped character with its backslash, one character. */
function units(pattern: string): string[] {
  return pattern.match(/\\[^]|\[[!^]?(?:\\[^]|[^\\])(?:\\[^]|[^\]\\])*\]|[^]/gu) ?? [];
}

export function alternatives(pattern: string): string[] {
  const all = units(pattern);
  const open = all.indexOf('{');
  if (open < 0) return [pattern];
  const branches: string[] = [''];
  let depth = 0, i = open;
  for (; i < all.length; i++) {
    const u = all[i] ?? '';
    if (u === '{') depth++;
    if (u === '}') depth--;
    if (depth === 0) break;
    if (u === ',' && depth === 1) branches.push('');
    else if (i > open) branches[branches.length - 1] += u;
  }
  const head = all.slice(0, open).join(''), tail = all.slice(i + 1).join('');
  return branches.flatMap((b) => alternatives(head + b + tail));
}

const bare = (u: string): string => (u.length > 1 && u.startsWith('\\') ? u.slice(1) : u);

function inClass(u: string, c: string): boolean {
  const body = u.slice(/^\[[!^]/.test(u) ? 2 : 1, -1).match(/\\[^]|[^]/gu) ?? [];
  const point = c.codePointAt(0) ?? 0;
  let hit = false;
  for (let i = 0; i < body.length; i++) {
    const low = bare(body[i] ?? '').codePointAt(0) ?? 0;
    const isRange = body[i + 1] === '-' && i + 2 < body.length;
    const high = isRange ? (bare(body[i + 2] ?? '').codePointAt(0) ?? 0) : low;
    if (point >= low && point <= high) hit = true;
    if (isRange) i += 2;
  }
  return c !== '/' && hit !== /^\[[!^]/.test(u);
}

function segmentMatches(us: readonly string[], cs: readonly string[]): boolean {
  const u = us[0];
  if (u === undefined) return cs.length === 0;
  if (u === '*') return segmentMatches(us.slice(1), cs) || (cs.length > 0 && segmentMatches(us, cs.slice(1)));
  const c = cs[0];
  if (c === undefined) return false;
  const ok = u === '?' ? true : u.startsWith('[') && u.length > 1 ? inClass(u, c) : bare(u) === c;
  return ok && segmentMatches(us.slice(1), cs.slice(1));
}

function segmentsMatch(ps: readonly (readonly string[])[], ss: readonly string[]): boolean {
  const p = ps[0];
  if (p === undefined) return ss.length === 0;
  if (p.join('') === '**') return segmentsMatch(ps.slice(1), ss) || (ss.length > 0 && segmentsMatch(ps, ss.slice(1)));
  return ss[0] !== undefined && segmentMatches(p, [...ss[0]]) && segmentsMatch(ps.slice(1), ss.slice(1));
}

/** Units split at each `/`, an escaped one too. */
function segments(pattern: string): string[][] {
  const out: string[][] = [[]];
  for (const u of units(pattern)) {
    if (bare(u) === '/') out.push([]);
    else out.at(-1)?.push(u);
  }
  return out;
}

/** Both texts are sequences of segments; the empty path is one empty segment, or none where `**` stands for all of it. */
export function globMatches(pattern: string, path: string): boolean {
  return alternatives(pattern).some((p) => {
    const ps = segments(p);
    return segmentsMatch(ps, path.split('/')) || (path === '' && ps.every((s) => s.join('') === '**'));
  });
}
