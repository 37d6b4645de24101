// The command line: registers the commands and runs one.
import { Command } from 'commander'
import { VERSION } from '../config.js'
import { registerAccountCommands } from './accounts.js'
import { registerCatalogueCommands } from './catalogue.js'
import { registerDatabaseCommands } from './database.js'
import { describeError } from './describe-error.js'
import { registerRepairCommands } from './repair.js'

const program = new Command('normflix')
  .description(
    'Manages a NormFlix service. Commands use the configuration of the service: environment variables and .env. ' +
      'They can run while the service runs.',
  )
  .version(VERSION)
  .showHelpAfterError('Run the command with --help for its arguments and options.')

registerDatabaseCommands(program)
registerAccountCommands(program)
registerCatalogueCommands(program)
registerRepairCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
