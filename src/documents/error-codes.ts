/** Every code of an error or failing check; a test compares this list with the source. */
export const ERROR_CODES: readonly string[] = [];
