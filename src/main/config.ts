export { CONFIG_KEYS, readConfig, type Config, type ConfigKey } from '../gateways/config-file.ts';
