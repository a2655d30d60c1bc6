/** What the demo needs of the world besides the product: a folder to play in, a shell, a port. The command line supplies it. */

export interface Stage {
  /** Absolute path of the scratch folder that the agent works in. */
  readonly project: string;
  /** Where the policy file lies, outside the project. */
  readonly policyPath: string;
  write(path: string, text: string): Promise<void>;
  link(target: string, path: string): Promise<void>;
  readText(path: string): Promise<string>;
  /** Runs a line of bash in the project. */
  shell(command: string): Promise<{ readonly text: string; readonly failed: boolean }>;
  /** Answers on a free port of 127.0.0.1. */
  listen(answer: (request: Request) => Promise<Response>): Promise<{ readonly url: string; close(): Promise<void> }>;
  random(bytes: number): Uint8Array;
}

/** An agent: plays one session against the base URL. */
export type PlayAgent = (baseUrl: string, prompt: string) => Promise<void>;
