// The commands import, export, ingest and detect-markers.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { IMPORT_FORMATS } from '../transfer/parsers/source-items.js'
import type { DetectMarkersOptions } from './detect-markers.js'
import type { ImportCommandOptions } from './import.js'
import type { IngestCommandOptions } from './ingest.js'
import { recordCommand, withContainer } from './with-container.js'

export function registerCatalogueCommands (program: Command): void {
  program.command('import')
    .argument(
      '[files...]',
      'NDJSON, JSON or CSV files, or the IMDb datasets title.basics, title.episode and title.ratings; optionally ' +
        'compressed with gzip; - is standard input',
    )
    .summary('import movies, shows and collections')
    .description(
      'Imports movies, shows and collections into the catalogue. An existing title is matched by its ID, by its ' +
        'external IDs, or without any by kind, title and year. Importing the same file again changes nothing. An ' +
        'interrupted import resumes when the same command runs again.',
    )
    .option('--dry-run', 'change nothing; print what the import would do')
    .option(
      '--replace',
      'reset the fields, and remove the episodes, that a line omits; without it they keep their values',
    )
    .addOption(
      new Option('--format <format>', 'format of the files; by default detected by name').choices(IMPORT_FORMATS),
    )
    .option(
      '--map <column:field>',
      'CSV: the field of a column with another name; "ignore" skips the column; repeat it for each column',
      collectEntries,
    )
    .option('--report <file>', 'write every rejected line with its errors to this file, one JSON object per line')
    .option(
      '--json',
      'print JSON: { total, created, updated, unchanged, refused, seconds, perSecond, dryRun, complete }',
    )
    .option('--min-votes <n>', 'IMDb datasets: skip titles with fewer votes', parseWholeNumber)
    .option('--include-adult', 'IMDb datasets: include adult titles')
    .option('--from-start', 'start over instead of resuming an interrupted import')
    .option('--schema', 'print the JSON Schema of a line and exit')
    .addHelpText(
      'after',
      '\nExamples:\n  normflix import movies.ndjson --dry-run\n' +
        '  normflix import movies.csv --report rejected.ndjson\n' +
        '  normflix import films.csv --map Film:title --map Jahr:year --map Notes:ignore\n' +
        '  normflix import title.basics.tsv.gz title.episode.tsv.gz title.ratings.tsv.gz --min-votes 1000',
    )
    .action(async (files: string[], { schema, ...options }: ImportCommandOptions & { schema?: boolean }) => {
      if (schema === true) {
        const { importLineSchema } = await import('../transfer/import-line-schema.js')
        console.log(JSON.stringify(importLineSchema(), null, 2))
        return
      }
      if (files.length === 0) throw new Error('Name at least one file, or - for standard input.')
      await withContainer(async (container) => {
        const [{ requireIndexes }, { runImport }] = await Promise.all([
          import('../database/indexes.js'),
          import('./import.js'),
        ])
        // Without indexes, each line would scan all titles.
        await requireIndexes(container.config.env)
        process.exitCode = await runImport(container, files, options)
        if (options.dryRun !== true) await recordCommand(container, 'import')
      })
    })

  registerIngest(program)
  registerDetectMarkers(program)

  program.command('export')
    .argument('[file]', 'output file, compressed if its name ends with .gz; standard output by default')
    .summary('export the catalogue')
    .description(
      'Writes the catalogue as NDJSON that "normflix import" reads: movies, shows with seasons and episodes, and ' +
        'collections, with their IDs. Media files, subtitles and images are not included.',
    )
    .addHelpText('after', '\nExamples:\n  normflix export catalogue.ndjson.gz\n  normflix export > catalogue.ndjson')
    .action(async (file: string | undefined) => {
      await withContainer(async () => {
        const { runExport } = await import('./export.js')
        await runExport(file ?? null)
      })
    })
}

function registerIngest (program: Command): void {
  program.command('ingest')
    .argument('<paths...>', 'video and subtitle files, and folders that contain them')
    .summary('add video and subtitle files to movies and episodes')
    .description(
      'Copies video and subtitle files to the storage and adds them to movies and episodes of the catalogue, which ' +
        'their names and folders state: Show.Name.S01E02.1080p.mkv, "Movie (1999) [Director\'s Cut].mkv", ' +
        '"Show/Season 1/02 - Title.mkv", Movie.de.forced.srt. A file with several episodes in a row, ' +
        'Show.S01E01-E02.mkv, is added to the first one. A file that may belong to several titles is listed, not ' +
        'guessed. With ffmpeg, videos become masters, which the service encodes; else they are played as they are. ' +
        'Running the same command again changes nothing. The exit code is 0 when each file is in the catalogue, ' +
        '1 when one was not matched, is ambiguous or cannot be used, and 130 after an interruption.',
    )
    .addOption(new Option('--title <id>', 'add all files to this movie or show').conflicts('match'))
    .option('--match', 'find the titles by name, year and external ID; the default')
    .option('--replace', 'replace the master that a movie or episode has; it plays until the new one is encoded')
    .addOption(new Option('--dry-run', 'change nothing; print what the command would do').conflicts('watch'))
    .option('--watch', 'continue, and add files that are copied into the folders; end with Ctrl-C')
    .option(
      '--unchanged-for <seconds>',
      'with --watch: time without a change after which a file is complete; 30 by default',
      parseSeconds,
    )
    .option(
      '--json',
      'print a JSON array with status, reason, item and episodes of each file; with --watch, a line for each',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  normflix ingest "Fawlty Towers/Season 1" --dry-run\n  normflix ingest Metropolis.1927.mkv\n' +
        '  normflix ingest master.mov --title 6650a1f0c2d4e5f601234567\n  normflix ingest /srv/incoming --watch',
    )
    .action(async (paths: string[], options: IngestCommandOptions) => {
      await withContainer(async (container) => {
        const [{ requireIndexes }, { runIngest }] = await Promise.all([
          import('../database/indexes.js'),
          import('./ingest.js'),
        ])
        // An index prevents a second master of an item.
        await requireIndexes(container.config.env)
        await container.open()
        process.exitCode = await runIngest(container, paths, options)
      })
    })
}

function registerDetectMarkers (program: Command): void {
  program.command('detect-markers')
    .argument('<show>', 'ID of the show; "normflix titles --kind show" lists it')
    .summary('detect the intros and credits of a show')
    .description(
      'Queues the detection of the intros and credits of a show, or of one season. The service compares the episodes ' +
        'of each season. It also does so automatically when files of a season change. Markers that people have set ' +
        'or cleared are kept. A running detection is not changed.',
    )
    .option('--season <n>', 'only this season', parseWholeNumber)
    .option('--json', 'print a JSON array with the state of each season')
    .addHelpText(
      'after',
      '\nExamples:\n  normflix detect-markers 6650a1f0c2d4e5f601234567\n' +
        '  normflix detect-markers 6650a1f0c2d4e5f601234567 --season 2',
    )
    .action(async (show: string, options: DetectMarkersOptions) => {
      await withContainer(async (container) => {
        const { runDetectMarkers } = await import('./detect-markers.js')
        await container.open()
        await runDetectMarkers(container, show, options)
      })
    })
}

/** Collects the values of an option that is repeated. */
const collectEntries = (entry: string, entries: readonly string[] = []): string[] => [...entries, entry]

/** @throws InvalidArgumentError */
function parseSeconds (text: string): number {
  const seconds = parseWholeNumber(text)
  if (seconds === 0) throw new InvalidArgumentError('It must be at least 1.')
  return seconds
}

/** @throws InvalidArgumentError */
function parseWholeNumber (text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
