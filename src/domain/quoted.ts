const LONGEST_QUOTE = 40;

/** Text from outside in double quotes, for a message: at most 40 characters of it, anything but printable ASCII escaped. */
export const quoted = (text: string): string => {
  const shown = Array.from(text.slice(0, LONGEST_QUOTE), escaped).join('');
  return text.length > LONGEST_QUOTE ? `"${shown}..."` : `"${shown}"`;
};

const escaped = (character: string): string => {
  const point = character.codePointAt(0) as number;
  return point >= 0x20 && point <= 0x7e ? character : `\\u{${point.toString(16)}}`;
};
