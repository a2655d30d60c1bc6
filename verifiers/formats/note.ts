/**
 * A signed note (C2SP signed-note): text, an empty line, signatures. UTF-8, no control character but LF. Attacker-controlled.
 *
 *   <text, its last line ends with LF>
 *   LF
 *   — <key name> <base64(4-byte key id || signature)> LF      one or more
 */
import type { Core } from '../../core-wasm/core.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { hex } from './hex.ts';

export interface NoteSignature {
  readonly name: string;
  /** Four bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Note {
  /** With its last LF; this is what signatures cover. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** A key that a note may be signed by: its name is part of its id. */
export interface VerifierKey {
  readonly name: string;
  /** 0x01: Ed25519 over the text. 0x04: a timestamped cosignature. */
  readonly type: number;
  readonly publicKey: Uint8Array;
  readonly keyId: Uint8Array;
}

export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;

/** Sixteen signatures must be taken; those of the largest kind in use have some 5 kB. */
export const MAX_NOTE = 262_144;
const MAX_SIGNATURES = 64;
const DASH = '— ';
const KEY_NAME = /^[^\p{White_Space}+]{1,1024}$/u;

/** Null where it is no note. */
export function parseNote(bytes: Uint8Array): Note | null {
  const whole = bytes.length > MAX_NOTE ? null : textOf(bytes);
  if (whole === null || /[\u0000-\u0009\u000b-\u001f]/.test(whole) || !whole.endsWith('\n')) return null;
  const gap = whole.lastIndexOf('\n\n');
  if (gap < 0) return null;
  const signatures = parseSignatures(whole.slice(gap + 2));
  return signatures === null ? null : { text: whole.slice(0, gap + 1), signatures };
}

/** Signature lines as a note ends with, and as a witness answers; null where one is none. */
export function parseSignatures(text: string): readonly NoteSignature[] | null {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [name = '', encoded = '', ...more] = line.startsWith(DASH) ? line.slice(DASH.length).split(' ') : [];
    const value = decodeBase64(encoded);
    if (more.length > 0 || !KEY_NAME.test(name) || value === null || value.length < 5) return null;
    signatures.push({ name, keyId: value.slice(0, 4), signature: value.slice(4) });
  }
  return signatures;
}

export function formatNote(note: Note): Uint8Array {
  return new TextEncoder().encode(`${note.text}\n${note.signatures.map(formatSignature).join('')}`);
}

/** One line, with its LF. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  const value = new Uint8Array(keyId.length + signature.length);
  value.set(keyId);
  value.set(signature, keyId.length);
  return `${DASH}${name} ${encodeBase64(value)}\n`;
}

/** SHA-256(name || LF || type || public key), its first four bytes. */
export function verifierKey(core: Core, name: string, type: number, publicKey: Uint8Array): VerifierKey {
  return { name, type, publicKey, keyId: core.sha256(new TextEncoder().encode(`${name}\n`), new Uint8Array([type]), publicKey).slice(0, 4) };
}

/** `<name>+<8 hex of the key id>+<base64(type || public key)>`, as witnesses publish theirs; null where it is none or its id is another's. */
export function parseVerifierKey(core: Core, text: string): VerifierKey | null {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const value = decodeBase64(encoded);
  if (!KEY_NAME.test(name) || value === null || value.length !== 33) return null;
  const key = verifierKey(core, name, value[0] ?? 0, value.slice(1));
  return hex(key.keyId) === id && (key.type === ED25519 || key.type === COSIGNATURE) ? key : null;
}

export function formatVerifierKey({ name, type, publicKey, keyId }: VerifierKey): string {
  const value = new Uint8Array(1 + publicKey.length);
  value[0] = type;
  value.set(publicKey, 1);
  return `${name}+${hex(keyId)}+${encodeBase64(value)}`;
}

/** Signatures of a note that name this very key: others are ignored, even those that share a name or an id with it. */
export function signaturesBy(note: Note, key: VerifierKey): readonly Uint8Array[] {
  return note.signatures.filter(({ name, keyId }) => name === key.name && hex(keyId) === hex(key.keyId)).map(({ signature }) => signature);
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
