/** What is wrong, as the end of a sentence: with one full stop, whether it brought its own or not. */
export const sentence = (fault: string | undefined): string => `${(fault ?? '').replace(/\.$/, '')}.`;
