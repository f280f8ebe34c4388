// The parts of the JavaScript proof: the name one is chosen by, and what it is. Needs nothing that must be built first.

export const TITLES = {
  simulator: 'simulated histories',
  repository: 'simulated histories of the whole model',
  planted: 'planted faults',
  server: 'Node server killed (SIGKILL), SQLite',
  postgres: 'PostgreSQL cut and stopped, two servers',
  devices: 'many devices, one server',
  chromium: 'Chromium killed (SIGKILL), two tabs',
}
