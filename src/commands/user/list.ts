import { isRole, ROLES } from '../../domain/access.ts';
import { usage } from '../../domain/problem.ts';
import { quoted } from '../../domain/quoted.ts';
import { grantWords, userDocument, type UserDocument } from '../../documents/user.ts';
import { listUsers, type UserFilter } from '../../store/people.ts';
import type { Column } from '../../terminal/list.ts';
import type { Command, Input } from '../command.ts';
import { listResult, PAGE_OPTIONS, pageRequest } from '../listing.ts';

const COLUMNS: readonly Column<UserDocument>[] = [
  { key: 'username', title: 'User', value: (user) => user.username, priority: 1 },
  { key: 'name', title: 'Name', value: (user) => user.name, priority: 3 },
  { key: 'roles', title: 'Roles', value: (user) => grantWords(user.grants), priority: 2 },
  { key: 'status', title: 'Status', value: (user) => user.status, priority: 2 },
  { key: 'email', title: 'Email', value: (user) => user.email, priority: 4 },
  { key: 'phone', title: 'Phone', value: (user) => user.phone, priority: 5 },
  { key: 'ref', title: 'Ref', value: (user) => user.ref, priority: 6 },
];

export const command: Command = {
  path: 'user list',
  summary: 'People and their roles',
  options: [
    { flags: '--role <role>', about: 'only people who hold this role' },
    { flags: '--status <status>', about: 'active or disabled' },
    { flags: '--search <text>', about: 'in username, name or email' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { command: 'treasury user list', about: 'everyone you may know of' },
    { command: 'treasury user list --role approver --status active', about: 'who approves' },
  ],
  access: 'people.read',
  writes: false,
  document: 'user',
  async run(context, input) {
    const filter = filterOf(input);
    const page = pageRequest(input);
    const { grants } = await context.actor();
    const found = await (await context.store()).read((tx) => listUsers(tx, filter, page, grants));
    return listResult({
      noun: 'person',
      plural: 'people',
      documents: found.rows.map(userDocument),
      columns: COLUMNS,
      page: { next: found.next, count: found.count, totals: {} },
    });
  },
};

function filterOf(input: Input): UserFilter {
  const role = input.optional('role');
  const status = input.optional('status');
  const search = input.optional('search');
  const faults = [
    ...(role === undefined || isRole(role)
      ? []
      : [`there is no role ${quoted(role)}; the roles are ${ROLES.join(', ')}`]),
    ...(status === undefined || isStatus(status)
      ? []
      : [`there is no status ${quoted(status)}; a person is active or disabled`]),
  ];
  if (faults.length > 0)
    throw usage('FILTER_INVALID', `The list cannot be narrowed like this: ${faults[0] ?? ''}.`, { faults });
  return {
    ...(role !== undefined && isRole(role) ? { role } : {}),
    ...(status !== undefined && isStatus(status) ? { status } : {}),
    ...(search === undefined ? {} : { search }),
  };
}

const isStatus = (text: string): text is 'active' | 'disabled' => text === 'active' || text === 'disabled';
