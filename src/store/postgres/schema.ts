// All tables of this database under one name; ../tables.ts proves that both databases' rows are equal.
export * from './office-tables.ts';
export * from './payment-tables.ts';
export * from './book-tables.ts';
export * from './change-tables.ts';
export * from './script-tables.ts';
export * from './totp-tables.ts';
export * from './policy-tables.ts';
export * from './statement-tables.ts';
export * from './variance-tables.ts';
export * from './gateway-tables.ts';
export * from './batch-tables.ts';
export * from './bank-file-tables.ts';
export * from './schedule-tables.ts';
export * from './webhook-tables.ts';
export * from './alert-tables.ts';
