/** What a proxy is made of: the gate's setting, and where requests go. */
import type { GateSetting } from '../gate/turn.ts';

export interface ProxySetting extends GateSetting {
  /** Base URL of the upstream, without a trailing slash; a path prefix is kept. */
  readonly upstream: string;
  /** One line for the person at the terminal. */
  readonly notice: (line: string) => void;
}
