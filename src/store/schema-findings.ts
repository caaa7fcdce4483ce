import { broken, fine, type Finding } from '../domain/finding.ts';
import { faultText, repairOf, schemaFaults, type SchemaFault } from './schema-faults.ts';

/** What differs between the released and the present schema, each thing by its name; what a command repairs apart from the rest. */
export function schemaFindings(released: string, present: string): Finding[] {
  const faults = schemaFaults(released, present);
  if (faults.length === 0) {
    const count = released.split('\n').length;
    return [fine('schema', `All ${count} parts of the schema are as released: tables, indexes, triggers.`)];
  }
  const guards = faults.filter((fault) => fault.repairedBy !== null);
  const others = faults.filter((fault) => fault.repairedBy === null);
  return [
    ...(guards.length === 0 ? [] : [found('schema', guards)]),
    ...(others.length === 0 ? [] : [found('tables', others)]),
  ];
}

const found = (id: string, faults: readonly SchemaFault[]): Finding =>
  broken(id, `The database is not as released: ${faults.map(faultText).join(', ')}.`, repairOf(faults));
