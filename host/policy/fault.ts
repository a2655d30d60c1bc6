/** What is wrong with a policy text, and where. */
import { OccasioError } from '../../verifiers/formats/error.ts';

export interface PolicyFault {
  /** From 1. */
  readonly line: number;
  /** In characters, from 1. */
  readonly column: number;
  /** One sentence: `Cannot read member "deny_path": unknown member`. */
  readonly message: string;
  /** What to do about it, a whole sentence. */
  readonly hint?: string;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface FaultParts {
  readonly cannot: string;
  readonly thing: string;
  readonly found: string;
  readonly want?: string;
  readonly hint?: string;
}

export function policyFault(at: Place, parts: FaultParts): PolicyFault {
  const { hint, ...sentence } = parts;
  const { message } = new OccasioError({ code: 'policy', ...sentence });
  return { line: at.line, column: at.column, message, ...(hint === undefined ? {} : { hint }) };
}
