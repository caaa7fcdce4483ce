/** Whether a command only shows what everybody who is logged in may see: nobody need be looked up for it. */
export const isReadByAll = (line: string): boolean => READS.test(line);

const READS = /^treasury (?:batch|fund|ledger|payment|replenish|requisition|variance) (?:list|show)(?: |$)/;
