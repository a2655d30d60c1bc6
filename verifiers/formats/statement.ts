/**
 * The in-toto Statement v1 around a predicate, `spec/statement.md`. Its bytes are canonical JSON; they are what is signed:
 *
 *   {"_type":"https://in-toto.io/Statement/v1","predicate":{…},"predicateType":"https://…",
 *    "subject":[{"digest":{"sha256":"<last_hash>"},"name":"occasio:run:<run_id>"}]}
 */
import type { Core } from '../../core-wasm/core.ts';
import { canonicalBytes, parseDocument } from './document.ts';
import { bug } from './error.ts';
import { PREDICATE_TYPE, type Predicate } from './predicate.ts';
import { departuresFrom, type Shape, type ShapeCode } from './shape.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** Before the run id in a subject's name. */
export const SUBJECT_PREFIX = 'occasio:run:';

export interface Statement {
  readonly subject: { readonly name: string; readonly sha256: string };
  readonly predicate: { readonly [name: string]: unknown };
}

export type StatementCode = 'statement-json' | 'statement-type' | 'predicate-type' | 'subject-count' | ShapeCode;
export type StatementParse = { readonly ok: true; readonly statement: Statement } | { readonly ok: false; readonly code: StatementCode; readonly member: string | null };

const SHAPE: Shape = {
  members: {
    _type: 'text', subject: { list: { members: { name: 'text', digest: { members: { sha256: 'hash' } } } }, most: 1 }, predicateType: 'text', predicate: 'object',
  },
};

export function formatStatement(core: Core, predicate: Predicate): Uint8Array {
  const sha256 = predicate.audit_chain.last_hash ?? bug('a statement is made of a run without rows');
  const subject = [{ name: SUBJECT_PREFIX + predicate.subject.run_id, digest: { sha256 } }];
  return canonicalBytes(core, { _type: STATEMENT_TYPE, subject, predicateType: PREDICATE_TYPE, predicate });
}

/** The payload of an envelope whose signature has been judged, or has not: attacker-controlled either way. */
export function parseStatement(core: Core, payload: Uint8Array): StatementParse {
  const document = parseDocument(core, payload);
  if (!document.ok) return { ok: false, code: 'statement-json', member: null };
  const { value } = document;
  if (value['_type'] !== STATEMENT_TYPE) return { ok: false, code: 'statement-type', member: '/_type' };
  if (value['predicateType'] !== PREDICATE_TYPE) return { ok: false, code: 'predicate-type', member: '/predicateType' };
  const subjects = value['subject'];
  // One run, one subject: of several, a reader might look at another than the one that was checked.
  if (!Array.isArray(subjects) || subjects.length !== 1) return { ok: false, code: 'subject-count', member: '/subject' };
  const [departure] = departuresFrom(SHAPE, value);
  if (departure !== undefined) return { ok: false, ...departure };
  const subject = subjects[0] as { readonly name: string; readonly digest: { readonly sha256: string } };
  return { ok: true, statement: { subject: { name: subject.name, sha256: subject.digest.sha256 }, predicate: value['predicate'] as Statement['predicate'] } };
}
