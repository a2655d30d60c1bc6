/** Rows -> what the checkout was when the run began and ended: its git_state rows, `spec/run.md`. */
import type { Values } from '../formats/line.ts';
import { hasForm, isObject } from '../formats/members.ts';
import { MAX_CHANGED } from '../formats/predicate.ts';

export interface GitFigures {
  /** HEAD at the end of the run; at its start where the end has no row. */
  readonly git_commit: string;
  /** Files that differed from their commit at the end, untracked ones included, sorted by code unit, each once. */
  readonly files_changed: readonly string[];
}

export interface GitReader {
  row(row: Values): void;
  /** Null where no git_state row says that there was a checkout with a commit. */
  end(): GitFigures | null;
}

export function readGit(): GitReader {
  let newest: Values | null = null;
  return {
    row(row) {
      if (row['kind'] === 'git_state' && isObject(row['tool_inputs'])) newest = row['tool_inputs'];
    },
    end() {
      if (newest === null || newest['is_repo'] !== true || typeof newest['head'] !== 'string') return null;
      const names = [...texts(newest['changed_files']), ...texts(newest['untracked_files'])];
      return { git_commit: newest['head'], files_changed: [...new Set(names)].sort().slice(0, MAX_CHANGED) };
    },
  };
}

function texts(value: unknown): readonly string[] {
  return hasForm(value, 'texts') ? (value as readonly string[]) : [];
}
