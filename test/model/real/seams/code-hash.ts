type Real = typeof import('../../../../src/gateways/code-hash.ts');

/** Bound to digest and pepper like the real one, and free. */
export const hashCode: Real['hashCode'] = async (code, digest, pepper) => `${pepper.toString('hex')}:${digest}:${code}`;

export const codeMatches: Real['codeMatches'] = async (codeHash, code, digest, pepper) =>
  codeHash === (await hashCode(code, digest, pepper));
