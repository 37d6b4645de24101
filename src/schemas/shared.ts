// The named schemas: components of the OpenAPI document, referred to by routes.
import { AccountView, PlanPreview, PlanView, Profile, SessionView, Tokens } from './account.js'
import { Card, EpisodeDetail, EpisodeInput, MediaFile, MovieChanges, MovieDetail, MovieInput, SeasonDetail, SeasonInput, ShowChanges, ShowDetail, ShowInput } from './catalogue.js'
import { Problem } from './common.js'
import { HistoryFile, ImportReport } from './history-transfer.js'
import { ContinueView, HistoryItem, ItemView, Playback, Progress } from './watching.js'

export const sharedSchemas = [
  Problem,
  Profile, AccountView, Tokens, SessionView, PlanView, PlanPreview,
  MediaFile, Card, MovieDetail, ShowDetail, EpisodeDetail, SeasonDetail,
  EpisodeInput, SeasonInput, MovieInput, MovieChanges, ShowInput, ShowChanges,
  ItemView, Progress, ContinueView, Playback, HistoryItem,
  HistoryFile, ImportReport,
] as const
