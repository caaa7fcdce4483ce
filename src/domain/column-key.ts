/** A column's name for comparing: letters and digits, in small letters. */
export const columnKey = (name: string): string => name.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}]+/gu, '');
