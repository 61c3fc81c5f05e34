-- In which forms posts are embedded, by the time of the articles; a share is of all embeds of the period.
with found (period, platform, form, n_embeds) as ({forms})
select
    period,
    n_embeds,
    platform,
    form,
    round(1.0 * n_embeds / sum(n_embeds) over (partition by period), 6) as share
from found
order by period is null, period, n_embeds desc, platform, form
