/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane; about 30 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash of the same cost as every other, of a password that nobody knows. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keS1uYg$Rk9yQ29tcGFyaXNvbk9ubHlOb1Bhc3N3b3JkSGVyZSE';

const argon2 = async () => (await import('argon2')).default;

/** The argon2id hash under which a password is kept. */
export async function hashPassword(password: string): Promise<string> {
  const { hash, argon2id } = await argon2();
  return hash(password.normalize('NFC'), { type: argon2id, ...COST });
}

/** Whether a password is the one behind a hash. Without a hash it takes as long, and the answer is no. */
export async function passwordMatches(hash: string | null, password: string): Promise<boolean> {
  const { verify } = await argon2();
  const matches = await verify(hash ?? NOBODY, password.normalize('NFC'));
  return hash !== null && matches;
}
