/** Whether a file begins as a zip archive does, which workbooks of Excel are. */
export const isZip = ([first, second, third, fourth]: Uint8Array): boolean =>
  first === 0x50 && second === 0x4b && third === 0x03 && fourth === 0x04;

/** Whether a file begins as one that was packed with gzip does. */
export const isGzip = ([first, second, third]: Uint8Array): boolean =>
  first === 0x1f && second === 0x8b && third === 0x08;
