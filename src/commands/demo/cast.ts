/** The people of the demo's office and what they may do. */
export const CAST = [
  { username: 'amina', name: 'Amina Otieno', role: 'requester', phone: '0712000001', scope: [] },
  { username: 'brian', name: 'Brian Kimani', role: 'approver', phone: '0712000002', scope: [] },
  { username: 'carol', name: 'Carol Wanjiru', role: 'cashier', phone: '0712000003', scope: [] },
  { username: 'david', name: 'David Mwangi', role: 'treasurer', phone: '0712000004', scope: [] },
  { username: 'esther', name: 'Esther Achieng', role: 'cfo', phone: '0712000005', scope: [] },
  { username: 'faith', name: 'Faith Njeri', role: 'auditor', phone: '0712000006', scope: [] },
] as const;

export const ADMIN = 'root-admin';

export type Person = (typeof CAST)[number]['username'] | typeof ADMIN;

const PAYEES = [
  ['Jumbo Stationers', 'printer paper and toner', 'supplies'],
  ['Mama Njeri Catering', 'lunch for the board meeting', 'catering'],
  ['Rift Valley Couriers', 'documents to Nakuru', 'transport'],
  ['Kilimani Plumbing', 'kitchen tap replaced', 'repairs'],
  ['Zawadi Cleaning', 'office cleaning', 'cleaning'],
  ['Baraka Motors', 'service of the delivery van', 'transport'],
  ['Lake Basin Water', 'drinking water', 'supplies'],
  ['Tuma Data Services', 'internet for the branch', 'utilities'],
  ['Amani Security', 'night guard', 'security'],
  ['Soko Furniture', 'two office chairs', 'furniture'],
  ['Pwani Fuel Station', 'fuel for the generator', 'utilities'],
  ['Uhuru Printers', 'receipt books', 'supplies'],
] as const;

/** A small generator of numbers from a seed (mulberry32): the same seed tells the same story. It guards nothing. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Twelve wishes to spend as a CSV file for `requisition import`: four in cash, four by M-Pesa, four by bank. */
export function requisitionsCsv(seed: number): string {
  const random = seeded(seed);
  const lines = PAYEES.map(([payee, purpose, category], index) => {
    const method = (['cash', 'mpesa', 'bank'] as const)[index % 3] ?? 'cash';
    const destination = {
      cash: payee,
      mpesa: `07220${String(10_000 + random(90_000))}`,
      bank: `KCB ${String(1_000_000_000 + random(900_000_000))}`,
    }[method];
    // The first cash payment is the one that takes the petty cash below its reorder level.
    const shillings = index === 0 ? 32_000 + random(9) * 100 : 1_500 + random(60) * 50;
    return [payee, `${shillings}.00`, purpose, method, destination, '', '', 'WESTLANDS', category].join(',');
  });
  return `payee,amount,purpose,method,destination,company,region,branch,category\n${lines.join('\n')}\n`;
}
