// The named schemas: components of the OpenAPI document, referred to by routes.
import { AccountDetail, AccountSummary, AccountView, PlanPreview, PlanView, Profile, SessionView, Tokens } from './account.js'
import { Card, EpisodeDetail, EpisodeInput, MediaFile, MovieChanges, MovieDetail, MovieInput, SeasonDetail, SeasonInput, ShowChanges, ShowDetail, ShowInput, WireMarkers } from './catalogue.js'
import { Problem } from './common.js'
import { AuditView } from './audit.js'
import { homeSchemas } from './home.js'
import { HistoryFile, ImportReport } from './history-transfer.js'
import { Highlight, SearchHit, Suggestion } from './search.js'
import { RatedTitleView, RememberedLanguages } from './taste.js'
import { UploadView } from './uploads.js'
import { ContinueView, HistoryGroup, HistoryItem, ItemView, Playback, Progress, Undo } from './watching.js'

export const sharedSchemas = [
  Problem,
  Profile, AccountView, Tokens, SessionView, PlanView, PlanPreview, AccountSummary, AccountDetail, AuditView,
  MediaFile, WireMarkers, Card, MovieDetail, ShowDetail, EpisodeDetail, SeasonDetail,
  EpisodeInput, SeasonInput, MovieInput, MovieChanges, ShowInput, ShowChanges,
  ItemView, Progress, ContinueView, Playback, HistoryItem, HistoryGroup, Undo,
  RatedTitleView, RememberedLanguages,
  HistoryFile, ImportReport,
  UploadView,
  Highlight, SearchHit, Suggestion, ...homeSchemas,
] as const
