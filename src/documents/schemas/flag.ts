import { z } from 'zod';

/** What somebody should look at; null where nobody has looked for any. */
export const flagsSchema = z
  .array(
    z.strictObject({
      code: z.enum(['NEW_DESTINATION', 'DESTINATION_OF_ANOTHER', 'SAME_PAYEE_AND_AMOUNT']),
      message: z.string(),
      references: z.array(z.string()),
    }),
  )
  .nullable();
