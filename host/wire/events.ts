/**
 * What the rest of the host knows of an agent protocol. A protocol file turns bytes into these and these into bytes; it
 * is pure and decides nothing. All content is attacker-controlled.
 */

/** The input of a tool call, as JSON.parse gives it. */
export type Input = { readonly [name: string]: unknown };

/** A tool call of the model, whole. `id`, `name` and `input` are as the model gave them. */
export interface ToolUse {
  readonly id: string;
  readonly name: string;
  /** The input's bytes as received (concatenated deltas), UTF-8 text. Empty when the model sent none: then input is {}. */
  readonly inputText: string;
  /**
   * Parsed strictly (duplicate names refused, depth 64); undefined when it cannot be: then `fault` says why. A repeated id is a
   * fault of its own, with or without an input.
   */
  readonly input: Input | undefined;
  readonly fault: 'input-not-json' | 'input-not-object' | 'held-too-large' | 'repeated-id' | null;
}

/** Something to put in a tool_use's place: same id, another name and input. */
export interface Substitute {
  readonly name: string;
  readonly input: Input;
}

/** What a response stream yields, in order. */
export type ResponseEvent =
  /** Bytes to be passed on as they are. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /**
   * A held block, complete. `pass` is its frames untouched, or words in its place when it may never be passed (repeated-id,
   * held-too-large); `substitute` gives the frames to send instead.
   */
  | { readonly kind: 'tool_use'; readonly use: ToolUse; readonly pass: Uint8Array; substitute(by: Substitute): Uint8Array }
  /** The stream broke the protocol: nothing of what follows may be passed on. `bytes` is an error event for the client. */
  | { readonly kind: 'broken'; readonly why: string; readonly bytes: Uint8Array };

/** What a response said of itself, for the request row. */
export interface ResponseSummary {
  readonly message_id: string | null;
  readonly model: string | null;
  readonly stop_reason: string | null;
  readonly tool_use_ids: readonly string[];
  /** Types of blocks that were passed without being judged. */
  readonly unscanned: readonly string[];
  /** Names of server tools that ran upstream. */
  readonly executed_upstream: readonly string[];
  readonly usage: Usage;
  readonly metering: Metering;
  /** message_stop was seen (or a JSON answer was whole). */
  readonly complete: boolean;
}

export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
}

/** What a bill needs besides the figures of `usage`. */
export interface Metering {
  /** Of cache_write_tokens those that live an hour. */
  readonly cache_write_1h_tokens: number;
  readonly web_searches: number;
  /** Null where the answer does not say. */
  readonly speed: string | null;
  readonly inference_geo: string | null;
  /** How far the answer told its usage: not at all, what went in, or its final figures. */
  readonly told: 'nothing' | 'input' | 'all';
}

/** Reads one response. `push` takes any chunking; `end` yields what is left: a held block of a cut stream is dropped, never passed. */
export interface ResponseReader {
  push(chunk: Uint8Array): readonly ResponseEvent[];
  end(): readonly ResponseEvent[];
  /** A tool_use block has begun and has not stopped: the client hears nothing meanwhile. */
  holding(): boolean;
  summary(): ResponseSummary;
}

/** A request body taken apart: what a judge looks at, in the order of the body. */
export interface RequestView {
  /** The request offers tools: one without is a side request (a title, a summary), in which nothing can be called. */
  readonly offersTools: boolean;
  readonly model: string | null;
  readonly stream: boolean;
  /** What bounds and prices the answer; null where the body has no such member of the right kind. */
  readonly maxTokens: number | null;
  readonly speed: string | null;
  readonly inferenceGeo: string | null;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly items: readonly RequestItem[];
  /** Images and encoded documents outside of results, in order. */
  readonly attachments: readonly Attachment[];
  /** Server tools and MCP connectors that the request offers to the upstream. */
  readonly offered: readonly OfferedServerTool[];
  /** Types of content that nobody judged (image, document, unknown), unique. */
  readonly unscanned: readonly string[];
  /** The body with these edits spliced in; every byte outside an edit is as it was. Edits must not overlap. */
  edit(edits: readonly Edit[]): Uint8Array;
}

/** Where in the body a value stands; opaque to all but the protocol file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface TextPart {
  readonly span: Span;
  readonly text: string;
}

export type RequestItem =
  /** A text that is not a tool_result: prompt, system text, what the agent injected, the model's own earlier words. */
  | { readonly kind: 'text'; readonly role: 'system' | 'user' | 'assistant'; readonly part: TextPart }
  | {
      readonly kind: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: Input;
      readonly nameSpan: Span;
      readonly inputSpan: Span;
      /** Strings inside the input, for redaction: each can be edited alone. Names of members that are no plain words are among them. */
      readonly strings: readonly TextPart[];
    }
  | {
      readonly kind: 'tool_result';
      readonly toolUseId: string;
      readonly isError: boolean;
      /** Texts of the result: its string content, or the text blocks within, nested search results and documents included. */
      readonly parts: readonly TextPart[];
      /** Bytes of the content value. */
      readonly bytes: number;
      /** Puts this text and flag in the place of content and is_error, keeping every other member. */
      replace(text: string, isError: boolean): readonly Edit[];
    };

/** A block whose content cannot be read here, only taken out. */
export interface Attachment {
  /** Stands before the item of this index. */
  readonly before: number;
  /** Puts a text block in its place; a cache breakpoint stays. */
  replace(text: string): Edit;
}

export interface Edit {
  readonly span: Span;
  /** JSON text to stand there instead. */
  readonly json: string;
}

export interface OfferedServerTool {
  readonly type: string;
  readonly name: string;
  readonly span: Span;
}

export type RequestFault = { readonly code: 'not-json' | 'duplicate-name' | 'depth' | 'utf8' | 'shape'; readonly offset: number; readonly what: string };
export type RequestParse = { readonly ok: true; readonly view: RequestView } | { readonly ok: false; readonly fault: RequestFault };
