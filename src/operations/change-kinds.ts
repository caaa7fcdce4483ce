import type { Waiver } from '../store/guard.ts';
import type { ChangeKind } from './two-people.ts';

/** Every kind of change by its name; the file that can apply it is read only when one is decided. */
const KINDS: Readonly<Record<string, () => Promise<ChangeKind>>> = {
  'fee_rule.add': async () => (await import('./add-fee-rule.ts')).feeRuleAddition,
  'fund.create': async () => (await import('./create-fund.ts')).fundCreation,
  'fund.edit': async () => (await import('./edit-fund.ts')).fundChange,
  'fund.unfreeze': async () => (await import('./freeze-fund.ts')).unfreezing,
  'gateway_message.settle': async () => (await import('./settle-messages.ts')).messageSettlement,
  'gateway.set': async () => (await import('./set-gateway.ts')).gatewayChange,
  'guard.clock': async () => (await import('./accept-clock.ts')).clockAcceptance,
  'guard.copy': async () => (await import('./accept-copy.ts')).copyAcceptance,
  'office.setting': async () => (await import('./change-setting.ts')).settingChange,
  'payment.not_paid': async () => (await import('./declare-not-paid.ts')).notPaid,
  'payment.reverse': async () => (await import('./reverse-payment.ts')).reversal,
  'pepper.replace': async () => (await import('./replace-pepper.ts')).pepperChange,
  'policy.set': async () => (await import('./set-policy.ts')).policyChange,
  'suspense.settle': async () => (await import('./settle-suspense.ts')).suspenseSettlement,
  'user.contact': async () => (await import('./edit-user.ts')).contactChange,
  'user.enable': async () => (await import('./enable-user.ts')).enabling,
  'user.password': async () => (await import('./change-password.ts')).passwordChange,
  'user.roles': async () => (await import('./change-roles.ts')).rolesChange,
  'user.totp': async () => (await import('./disable-totp.ts')).totpDisabling,
};

/** The kind of this name. Throws when a newer release has made it. */
export function kindOf(name: string): Promise<ChangeKind> {
  const load = KINDS[name];
  if (load === undefined) throw new Error(`this release knows no change ${name}`);
  return load();
}

/** What deciding about a change of a kind must not be refused by: nobody could accept what a guard has found otherwise. */
export const waivedFor = (kind: string): readonly Waiver[] => WAIVED_FOR.get(kind) ?? [];

const WAIVED_FOR: ReadonlyMap<string, readonly Waiver[]> = new Map([
  ['guard.clock', ['clock']],
  ['guard.copy', ['clock', 'copy']],
]);
