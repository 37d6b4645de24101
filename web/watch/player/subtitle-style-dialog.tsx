// The look of the subtitles in this browser.
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Button } from '@shared/design/button.js'
import { Dialog } from '@shared/design/dialog.js'
import { SelectField } from '@shared/design/field.js'
import { CaptionBlock } from './captions.js'
import {
  setPreferences,
  SUBTITLE_BACKGROUNDS,
  SUBTITLE_COLOURS,
  SUBTITLE_SIZES,
  usePreferences,
  type SubtitleStyle,
} from './preferences.js'
import { useStage } from './stage.js'

export function SubtitleStyleDialog ({ close }: { readonly close: () => void }): ReactNode {
  const t = useTranslations('player')
  const common = useTranslations('common')
  const stage = useStage()
  const { subtitles } = usePreferences()
  const change = (part: Partial<SubtitleStyle>): void => {
    setPreferences({ subtitles: { ...subtitles, ...part } })
  }
  return (
    <Dialog isOpen onClose={close} title={t('subtitleStyle')} container={stage.node}>
      <div className="caption-sample">
        <CaptionBlock lines={[{ key: 'sample', text: t('subtitleSample'), isTop: false }]} look={subtitles} />
      </div>
      <div className="caption-fields">
        <SelectField
          label={t('size')}
          value={subtitles.size}
          options={SUBTITLE_SIZES.map((value) => ({ value, label: t(`sizes.${value}`) }))}
          onChange={({ target }) => {
            change({ size: target.value as SubtitleStyle['size'] })
          }}
        />
        <SelectField
          label={t('colour')}
          value={subtitles.colour}
          options={SUBTITLE_COLOURS.map((value) => ({ value, label: t(`colours.${value}`) }))}
          onChange={({ target }) => {
            change({ colour: target.value as SubtitleStyle['colour'] })
          }}
        />
        <SelectField
          label={t('background')}
          value={subtitles.background}
          options={SUBTITLE_BACKGROUNDS.map((value) => ({ value, label: t(`backgrounds.${value}`) }))}
          onChange={({ target }) => {
            change({ background: target.value as SubtitleStyle['background'] })
          }}
        />
      </div>
      <div className="dialog-actions">
        <Button look="main" onClick={close}>{common('done')}</Button>
      </div>
    </Dialog>
  )
}
