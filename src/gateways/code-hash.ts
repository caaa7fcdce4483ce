/** argon2id with OWASP's parameters; the pepper lives outside the database, so a copy of the database gives no codes away. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash that binds a code to what it authorises: the digest is hashed together with it. */
export async function hashCode(code: string, digest: string, pepper: Buffer): Promise<string> {
  const { hash, argon2id } = await import('argon2');
  return hash(`${digest}:${code}`, { ...COST, type: argon2id, secret: pepper });
}

/** Whether a code and digest are those of a hash. Takes the same time whatever the answer. */
export async function codeMatches(codeHash: string, code: string, digest: string, pepper: Buffer): Promise<boolean> {
  const { verify } = await import('argon2');
  return verify(codeHash, `${digest}:${code}`, { secret: pepper });
}
