export interface SettingDocument {
  readonly key: string;
  /** As it is in force; a password inside it is hidden. */
  readonly value: string | null;
  readonly origin: 'flag' | 'environment' | 'config file' | 'default' | 'office';
}

/** One personal setting as it is in force, and who says so. */
export const settingDocument = (setting: SettingDocument): SettingDocument => ({
  key: setting.key,
  value: setting.value === null ? null : withoutPassword(setting.value),
  origin: setting.origin,
});

/** A URL with dots for its password. */
export const withoutPassword = (text: string): string => text.replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1:...@');
