// The commands migrate and indexes.
import type { Command } from 'commander'
import { withContainer } from './with-container.js'

interface CheckOption {
  readonly check?: boolean
}

export function registerDatabaseCommands (program: Command): void {
  program.command('migrate')
    .summary('apply migrations and create indexes')
    .description(
      'Applies the pending migrations of stored documents, then creates missing collections and indexes. In ' +
        'production the service does not start before that. Stop the service first: an older version does not know ' +
        'the new form of the documents. Running it again, or twice at once, is harmless.',
    )
    .option('--check', 'only list what is pending or missing; exit with 1 if anything is')
    .addHelpText('after', '\nExamples:\n  normflix migrate --check\n  normflix migrate')
    .action(async ({ check = false }: CheckOption) => {
      await withContainer(async () => {
        await (check ? checkDatabase() : migrate())
      }, { needsMigrations: false })
    })

  program.command('indexes')
    .summary('create indexes')
    .description('Creates the collections and indexes that are missing.')
    .option('--check', 'only list the missing indexes; exit with 1 if there are any')
    .addHelpText('after', '\nExamples:\n  normflix indexes --check\n  normflix indexes')
    .action(async ({ check = false }: CheckOption) => {
      await withContainer(async () => {
        const { createIndexes, findMissingIndexes } = await import('../database/indexes.js')
        if (check) {
          failIfListed('Missing indexes', await findMissingIndexes(), 'All indexes exist.')
          return
        }
        await createIndexes(printItem)
        console.log('All indexes exist.')
      })
    })
}

const loadModules = async () =>
  await Promise.all([import('../database/migrations.js'), import('../database/indexes.js')])

async function migrate (): Promise<void> {
  const [{ applyMigrations }, { createIndexes }] = await loadModules()
  const applied = await applyMigrations(printItem)
  console.log(applied.length === 0 ? 'No migrations are pending.' : `Migrations applied: ${applied.length}.`)
  await createIndexes()
  console.log('All indexes exist.')
}

async function checkDatabase (): Promise<void> {
  const [{ findPendingMigrations }, { findMissingIndexes }] = await loadModules()
  failIfListed('Pending migrations', await findPendingMigrations(), 'No migrations are pending.')
  failIfListed('Missing indexes', await findMissingIndexes(), 'All indexes exist.')
}

function failIfListed (title: string, items: readonly string[], textWithoutItems: string): void {
  if (items.length > 0) process.exitCode = 1
  console.log(items.length === 0 ? textWithoutItems : `${title}:\n  ${items.join('\n  ')}`)
}

function printItem (item: string): void {
  console.log(`  ${item}`)
}
