// View of a history import: counts, and the lines that need attention.
import { episodeNumbers } from '../catalogue/store/catalogue.js'
import { groupBy } from '../domain/arrays.js'
import type { FoundItem, ImportReport, ReportLine } from '../schemas/history-transfer.js'
import type { ImportOutcome } from '../watching/import/import-history.js'
import type { FoundItem as MatchedItem } from '../watching/import/match-title.js'

const MAX_LINES = 1_000
const MAX_CANDIDATES = 10
const MAX_TEXT_LENGTH = 300

type ReportedOutcomes = Omit<ImportReport, 'dryRun' | 'dateOrder' | 'isDateOrderGuessed'>

/** Lists up to 1,000 lines in the order of the file; lines that need attention take precedence. */
export function toImportReport (outcomes: readonly ImportOutcome[]): ReportedOutcomes {
  const byStatus = groupBy(outcomes, ({ status }) => status)
  const count = (status: ImportOutcome['status']): number => byStatus.get(status)?.length ?? 0
  const byAttention = [
    ...outcomes.filter(needsAttention),
    ...outcomes.filter((outcome) => !needsAttention(outcome)),
  ]
  return {
    total: outcomes.length,
    imported: count('imported'),
    unchanged: count('unchanged'),
    skipped: count('skipped'),
    unmatched: count('unmatched'),
    ambiguous: count('ambiguous'),
    lines: byAttention.slice(0, MAX_LINES).sort((a, b) => a.play.line - b.play.line).map(toReportLine),
    truncated: outcomes.length > MAX_LINES,
  }
}

function needsAttention ({ status, reason }: ImportOutcome): boolean {
  return reason !== null || (status !== 'imported' && status !== 'unchanged')
}

function toReportLine ({ play, status, reason, match, candidates }: ImportOutcome): ReportLine {
  return {
    line: play.line,
    status,
    text: play.text.slice(0, MAX_TEXT_LENGTH),
    ...(reason === null ? {} : { reason }),
    ...(match === null ? {} : { match: toFoundItem(match) }),
    ...(candidates.length === 0 ? {} : { candidates: candidates.slice(0, MAX_CANDIDATES).map(toFoundItem) }),
  }
}

function toFoundItem ({ title, item }: MatchedItem): FoundItem {
  return {
    titleId: title.id,
    itemId: item.id,
    title: title.title,
    kind: title.kind,
    year: title.year,
    ...episodeNumbers(title, item),
  }
}
