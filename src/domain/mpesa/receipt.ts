/** Whether a text in capitals has the form of a receipt of M-Pesa: ten letters and digits, the first of them a letter. Words may have it too. */
export const hasFormOfReceipt = (text: string): boolean => /^[A-Z][0-9A-Z]{9}$/.test(text);
