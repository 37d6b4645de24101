// The lines of an imported file: which title each one matches, and what happens to it.
import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { useFormats } from '@shared/i18n/format.js'
import type { ImportReport, ImportStatus, ReportLine } from '../../api/history-file.js'
import { useEpisodeCode } from '../item-text.js'

const STATUSES: readonly ImportStatus[] = ['imported', 'unchanged', 'skipped', 'unmatched', 'ambiguous']
const PAGE_SIZE = 50

export function ImportReportTable ({ report }: { readonly report: ImportReport }): ReactNode {
  const t = useTranslations('importHistory')
  const common = useTranslations('common')
  const { number } = useFormats()
  const [status, setStatus] = useState<ImportStatus | null>(null)
  const [count, setCount] = useState(PAGE_SIZE)
  const lines = report.lines.filter((line) => status === null || line.status === status)
  return (
    <>
      <div className="tabs" role="group" aria-label={t('filter')}>
        {[null, ...STATUSES].map((one) => (
          <button
            key={one ?? 'all'}
            type="button"
            className="tab"
            aria-pressed={one === status}
            onClick={() => {
              setStatus(one)
              setCount(PAGE_SIZE)
            }}
          >
            {t(one === null ? 'all' : `statuses.${one}`)} {number(one === null ? report.total : report[one])}
          </button>
        ))}
      </div>
      {report.truncated ? <p className="quiet">{t('truncated', { count: report.lines.length })}</p> : null}
      {lines.length === 0
        ? <p className="quiet">{t('noLines')}</p>
        : (
          // A wide table scrolls; the keyboard reaches it.
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          <div className="table-frame" tabIndex={0} role="region" aria-label={t('report')}>
            <table className="report">
              <thead>
                <tr>
                  <th scope="col" className="report-line">{t('line')}</th>
                  <th scope="col">{t('nameInFile')}</th>
                  <th scope="col">{t('match')}</th>
                  <th scope="col">{t('status')}</th>
                </tr>
              </thead>
              <tbody>
                {lines.slice(0, count).map((line) => <ReportRow key={line.line} line={line} />)}
              </tbody>
            </table>
          </div>
        )}
      {lines.length > count
        ? (
          <Button
            look="quiet"
            onClick={() => {
              setCount(count + PAGE_SIZE)
            }}
          >
            {common('showMore')}
          </Button>
        )
        : null}
    </>
  )
}

function ReportRow ({ line }: { readonly line: ReportLine }): ReactNode {
  const t = useTranslations('importHistory')
  const { match, candidates = [], reason, status, text } = line
  const matches = match === undefined ? candidates : [match]
  return (
    <tr>
      <td className="report-line">{line.line}</td>
      <td>{text}</td>
      <td>
        {matches.length === 0 ? '–' : matches.map((found) => <FoundTitle key={found.itemId} found={found} />)}
      </td>
      <td>
        <span className={`status status-${status}`}>{t(`statuses.${status}`)}</span>
        {reason === undefined
          ? null
          : (
            <small className="quiet">
              {t.has(`reasons.${reason.code}` as never) ? t(`reasons.${reason.code}` as never) : reason.text}
            </small>
          )}
      </td>
    </tr>
  )
}

function FoundTitle ({ found }: { readonly found: NonNullable<ReportLine['match']> }): ReactNode {
  const describeEpisode = useEpisodeCode()
  const { kind, titleId, title, year } = found
  const facts = describeEpisode(found) ?? year
  return (
    <Link
      to={kind === 'movie' ? '/movie/$titleId' : '/show/$titleId'}
      params={{ titleId }}
      className="report-match"
      target="_blank"
    >
      {facts === null ? title : `${title} (${facts})`}
    </Link>
  )
}
