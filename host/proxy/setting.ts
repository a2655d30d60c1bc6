/** What a proxy is made of: the gate's setting, and where requests go. */
import type { Tally } from '../cost/index.ts';
import type { GateSetting } from '../gate/turn.ts';
import type { Patience } from './patience.ts';

export interface ProxySetting extends GateSetting {
  /** Base URL of the upstream, without a trailing slash; a path prefix is kept. */
  readonly upstream: string;
  /** What was spent through this proxy, all sessions together, and how much may be. */
  readonly tally: Tally;
  /** One line for the person at the terminal. */
  readonly notice: (line: string) => void;
  readonly patience: Patience;
}
