/**
 * The fault of the text being read. Readers take a pointer and give the pointer behind what they read, or 0 after calling `fail`.
 */

export let faultCode: u32 = 0;
export let faultAt: usize = 0;

export function fail(code: u32, at: usize): usize {
  faultCode = code;
  faultAt = at;
  return 0;
}
