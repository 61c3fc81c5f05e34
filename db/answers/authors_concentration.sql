-- How embedded posts are spread over authors: the Gini coefficient is 0 where all have as many, near 1 where one has all.
with sizes (n) as ({author_sizes}),
spread (measure, value) as ({spread})
select 'authors' as measure, count(*) as value from sizes
union all
select measure, value from spread
