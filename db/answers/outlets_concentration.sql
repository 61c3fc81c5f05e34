-- How embedded posts are spread over outlets: the Gini coefficient is 0 where all have as many, near 1 where one has all.
with sizes (n) as ({outlet_sizes}),
spread (measure, value) as ({spread})
select 'outlets' as measure, count(*) as value from sizes
union all
select measure, value from spread
