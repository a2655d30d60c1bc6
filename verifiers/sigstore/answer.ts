/** What the sigstore room is asked and what it says. Every code is one reason why a bundle is not verified. */

export type SigstoreCode =
  | 'bundle-too-large'
  | 'bundle-malformed' // no JSON, a member twice, or no Sigstore bundle
  | 'signature-count' // a DSSE envelope with none or several
  | 'certificate-count' // no leaf certificate
  | 'root-in-bundle' // the bundle brings a self-issued certificate of its own
  | 'certificate-is-ca'
  | 'certificate-usage' // not for code signing
  | 'certificate-names' // none or several subject alternative names, or issuers that differ
  | 'certificate' // no path to a trusted authority at the time of signing, or no trusted certificate timestamp
  | 'key-required' // signed with a key of the signer's own, and none was given
  | 'key-unexpected' // a key was given, and the bundle is signed with a certificate
  | 'key-unsupported'
  | 'timestamp'
  | 'log' // no entry, or one that does not verify
  | 'log-entry' // the entry is about something else
  | 'log-key' // the entry was made with another certificate or key
  | 'signature'
  | 'artifact-required' // a message signature says nothing without the artifact
  | 'artifact-digest-only' // this kind of key signs the artifact itself, not its digest
  | 'artifact-mismatch'
  | 'payload-type'
  | 'statement' // not an in-toto statement
  | 'subject' // the statement is not about the artifact
  | 'subject-limit'
  | 'library'; // the library gave up in a way that has no name here

export interface Signer {
  /** The one subject alternative name; null where a key of the signer's own was used. */
  readonly identity: string | null;
  readonly kind: 'uri' | 'email' | 'key';
  /** The OIDC issuer; null for a key. */
  readonly issuer: string | null;
  /** SHA-256 of the leaf certificate's DER, or of the key's SPKI, hex. */
  readonly digest: string;
}

export interface LogEntry {
  /** SHA-256 key id of the log, hex. */
  readonly log: string;
  readonly index: string;
  /** Of a Rekor v1 entry whose promise was verified: seconds since 1970. Null otherwise. */
  readonly integratedTime: string | null;
}

export interface Signed {
  readonly ok: true;
  readonly signer: Signer;
  readonly content:
    | { readonly kind: 'dsse'; readonly payloadType: string; readonly payload: Uint8Array }
    | { readonly kind: 'message'; readonly digest: Uint8Array };
  readonly logs: readonly LogEntry[];
  /** RFC 3161 timestamps that were verified: milliseconds since 1970. */
  readonly timestamps: readonly number[];
}

export interface NotSigned {
  readonly ok: false;
  readonly code: SigstoreCode;
  /** For a person; may hold attacker-controlled text. */
  readonly detail: string;
}

export type SigstoreAnswer = Signed | NotSigned;

/** What a signature is held against. `sha256`: the digest alone, 32 bytes. */
export type Artifact = { readonly bytes: Uint8Array } | { readonly sha256: Uint8Array };

/** Thrown within the room, and caught at its door. */
export class Refusal extends Error {
  readonly code: SigstoreCode;
  constructor(code: SigstoreCode, detail: string) {
    super(detail);
    this.name = 'Refusal';
    this.code = code;
  }
}
