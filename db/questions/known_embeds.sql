-- One row: a form of chosen embeds, how the page identifies the post by itself, and whether it shows its text.
select embeds.shape, embeds.identified_by, embeds.text is not null, count(*)
from chosen_embeds
join embeds on embeds.id = chosen_embeds.id
group by 1, 2, 3
