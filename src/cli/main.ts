// The command line: registers the commands and runs one. A command imports its modules when it runs, so that --help
// and --version respond at once.
import { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { registerAccountCommands } from './accounts.js'
import { registerCatalogueCommands } from './catalogue.js'
import { registerDatabaseCommands } from './database.js'
import { registerListCommands } from './lists.js'
import { registerRepairCommands } from './repair.js'

// VERSION of config.ts would load the schemas of the configuration.
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string,
}

const program = new Command('normflix')
  .description(
    'Manages a NormFlix service. Commands use the configuration of the service: environment variables and .env. ' +
      'They can run while the service runs.',
  )
  .version(version)
  // Options behind a command are its own, also those of "jobs retry" that "jobs" has too.
  .enablePositionalOptions()
  .showHelpAfterError('Run the command with --help for its arguments and options.')
  .addHelpText(
    'after',
    '\nExamples:\n  normflix create-admin you@example.com\n  normflix accounts @example.com --state disabled\n' +
      '  normflix import movies.ndjson --dry-run\n  normflix doctor\n\n' +
      'normflix COMMAND --help shows the options and examples of a command.',
  )

registerDatabaseCommands(program)
registerAccountCommands(program)
registerCatalogueCommands(program)
registerListCommands(program)
registerRepairCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  const { describeError } = await import('./describe-error.js')
  console.error(describeError(error))
  process.exitCode = 1
}
