/**
 * The list of what is wrong with a chain, 16 bytes each, in memory the walk has set aside:
 *
 *   0  u32 code   4  u32 row   8  f64 file offset
 *
 * Entries come nearly in the order of the file: lanes end a hash up to a few hundred rows late (64 blocks, three rows each). The room
 * exceeds what is reported by more than that, so that of the first REPORTED in the order of the file none is lost.
 */

const REPORTED: u32 = 10000;
const ROOM: u32 = REPORTED + 1024;
export const DEPARTURES_SIZE: usize = <usize>ROOM * 16;

let list: usize = 0;
export let departures: u32 = 0;

export function clearDepartures(at: usize): void {
  list = at;
  departures = 0;
}

export function depart(code: u32, row: u32, offset: f64): void {
  if (departures < ROOM) {
    const d = list + <usize>departures * 16;
    store<u32>(d, code);
    store<u32>(d, row, 4);
    store<f64>(d, offset, 8);
  }
  departures++;
}

export function departuresHeld(): u32 {
  return min(departures, ROOM);
}
