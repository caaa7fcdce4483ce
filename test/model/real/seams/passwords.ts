type Real = typeof import('../../../../src/gateways/passwords.ts');

/** A password's "hash" costs nothing here: what is tested is when it is asked for, not how it is kept. */
export const hashPassword: Real['hashPassword'] = async (password) => `plain:${password}`;

export const passwordMatches: Real['passwordMatches'] = async (hash, password) => hash === `plain:${password}`;
