/** The door of the formats: what is written and what is checked, as pure parse and format pairs. */
export { bug, OccasioError, printable, printableJson, type ErrorCode, type ErrorParts } from './error.ts';
export { hex, isHash, ZEROS } from './hex.ts';
export { formatRow, hashOf, MAX_LINE, orderMembers, parseRow, type Formatted, type Values } from './line.ts';
export { readLines, type LineReader } from './lines.ts';
export { hasForm, INDEX_ENTRIES, isObject, memberFaults, ROWS, type Form, type Member, type Table } from './members.ts';
export * from './row.ts';
export { count, countsOf, isRunId, readRun, type RunCode, type RunDeparture, type RunReader, type RunReport, type SeeRow } from './run.ts';
export { sentenceOf } from './sentences.ts';
export { exitOf, formatVerdict, type Check, type Finding, type FindingCode, type HeadCode, type Position, type Verdict, type Word } from './verdict.ts';
export { checkCheckpoint, deviceKeyId, formatCheckpoint, originOf, parseCheckpoint, signCheckpoint, type CheckedCheckpoint, type Checkpoint, type CheckpointCode, type Cosigned } from './checkpoint.ts';
export { verifyEd25519 } from './ed25519.ts';
export { formatNote, formatVerifierKey, parseNote, parseVerifierKey, verifierKey, type Note, type NoteSignature, type VerifierKey } from './note.ts';
export { checkRotation, rotationText, type Rotation } from './rotation.ts';
export { checkProof, formatProof, isProof, parseProof, type CheckedProof, type Proof, type ProofCode } from './proof.ts';
export { consistencyProof, inclusionProof, isConsistent, leafOf, openFrontier, rootFromInclusion, rootOf, type Frontier } from './tree.ts';
export { readLeaves, readRoots, type TreeReader } from './tree-rows.ts';
