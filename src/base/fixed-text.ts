/** Text in a field of fixed size, as the kernel keeps names: up to the first zero byte. */

const utf8 = new TextDecoder();

/** Bytes that are no UTF-8 become U+FFFD. */
export function decodeFixedText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
